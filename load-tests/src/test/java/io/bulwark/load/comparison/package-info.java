@NullMarked
package io.bulwark.load.comparison;

import org.jspecify.annotations.NullMarked;
