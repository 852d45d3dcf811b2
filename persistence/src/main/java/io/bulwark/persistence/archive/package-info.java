/**
 * The archive of the write-ahead log: one archiver receives the log from PostgreSQL as a standby does, puts it into the
 * repository without a gap, and acknowledges only what the repository holds; and the log is read back for a restore.
 */
@NullMarked
package io.bulwark.persistence.archive;

import org.jspecify.annotations.NullMarked;
