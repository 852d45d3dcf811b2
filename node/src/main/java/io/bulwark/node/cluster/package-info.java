/** Membership: how a node finds the others, is let in or refused, sees them, survives a split, and leaves. */
@NullMarked
package io.bulwark.node.cluster;

import org.jspecify.annotations.NullMarked;
