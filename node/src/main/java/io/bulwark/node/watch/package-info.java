/** Readiness, metrics and the log of circuits. */
@NullMarked
package io.bulwark.node.watch;

import org.jspecify.annotations.NullMarked;
