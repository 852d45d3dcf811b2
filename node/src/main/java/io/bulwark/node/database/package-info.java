/** The database of a node: one that is configured, or a server of its own. */
@NullMarked
package io.bulwark.node.database;

import org.jspecify.annotations.NullMarked;
