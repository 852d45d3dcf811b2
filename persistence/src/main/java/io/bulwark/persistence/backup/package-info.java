/** Base backups of a PostgreSQL server through its replication protocol, and restores of them. */
@NullMarked
package io.bulwark.persistence.backup;

import org.jspecify.annotations.NullMarked;
