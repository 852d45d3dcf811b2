/** The breaker between one tenant and one service. */
@NullMarked
package io.bulwark.circuit;

import org.jspecify.annotations.NullMarked;
