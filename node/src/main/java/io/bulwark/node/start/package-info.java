/** Starting a node step by step, and stopping it in the order that loses nothing. */
@NullMarked
package io.bulwark.node.start;

import org.jspecify.annotations.NullMarked;
