/** Who is in the cluster, as it is shown, and how a member is told to leave it. */
@NullMarked
package io.bulwark.cluster;

import org.jspecify.annotations.NullMarked;
