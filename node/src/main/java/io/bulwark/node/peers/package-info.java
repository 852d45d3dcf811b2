/** One actor of a kind on each member, and the way to each of them. */
@NullMarked
package io.bulwark.node.peers;

import org.jspecify.annotations.NullMarked;
