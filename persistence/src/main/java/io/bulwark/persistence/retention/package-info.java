/** Deletes what the policy does not keep: backups, and the log that no kept backup needs. */
@NullMarked
package io.bulwark.persistence.retention;

import org.jspecify.annotations.NullMarked;
