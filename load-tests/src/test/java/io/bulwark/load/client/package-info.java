/** Tests of the instrument itself: a checker that cannot find a fault proves nothing. */
@NullMarked
package io.bulwark.load.client;

import org.jspecify.annotations.NullMarked;
