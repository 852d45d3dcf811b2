/** Scales by starting node processes on this machine, and letting them leave. */
@NullMarked
package io.bulwark.node.scaling.processes;

import org.jspecify.annotations.NullMarked;
