/** A Bulwark as a real process: started, watched, killed, started again. */
@NullMarked
package io.bulwark.load.node;

import org.jspecify.annotations.NullMarked;
