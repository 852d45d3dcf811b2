/** Several nodes that are one Bulwark: as processes on loopback, or in network namespaces that can be cut. */
@NullMarked
package io.bulwark.load.cluster;

import org.jspecify.annotations.NullMarked;
