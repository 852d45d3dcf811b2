@NullMarked
package io.bulwark.load.traffic;

import org.jspecify.annotations.NullMarked;
