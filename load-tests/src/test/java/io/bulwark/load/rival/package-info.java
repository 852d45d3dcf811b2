@NullMarked
package io.bulwark.load.rival;

import org.jspecify.annotations.NullMarked;
