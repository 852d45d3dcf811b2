/** A real PostgreSQL server that a node brings along, for those who have none. */
@NullMarked
package io.bulwark.persistence.embedded;

import org.jspecify.annotations.NullMarked;
