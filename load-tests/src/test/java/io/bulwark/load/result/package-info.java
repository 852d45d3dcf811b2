@NullMarked
package io.bulwark.load.result;

import org.jspecify.annotations.NullMarked;
