/** The actor around a tenant's guard, and the way to it. */
@NullMarked
package io.bulwark.node.guard;

import org.jspecify.annotations.NullMarked;
