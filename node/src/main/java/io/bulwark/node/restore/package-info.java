/** Restores of tenants in a running cluster: the guard, the rows, and the guard again. */
@NullMarked
package io.bulwark.node.restore;

import org.jspecify.annotations.NullMarked;
