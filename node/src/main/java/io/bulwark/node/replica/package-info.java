/** Copies on every node of what a singleton last said of itself. */
@NullMarked
package io.bulwark.node.replica;

import org.jspecify.annotations.NullMarked;
