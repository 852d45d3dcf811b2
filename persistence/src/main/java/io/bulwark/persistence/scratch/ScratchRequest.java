package io.bulwark.persistence.scratch;

import io.bulwark.persistence.backup.PointInTime;
import io.bulwark.persistence.database.Database;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a scratch server is to hold.
 *
 * @param backupId the backup to begin with; empty: the last one that ended before the point
 * @param point up to where the log is replayed; empty: the state of the end of the backup, which must have its log with it
 * @param folder in which a folder of its own is made; leftovers of processes that died are removed from it
 * @param credentials as {@link ScratchServer#start} takes them
 */
public record ScratchRequest(
        Optional<String> backupId,
        Optional<PointInTime> point,
        Path folder,
        Database credentials,
        ScratchSettings settings) {
    /** @throws IllegalArgumentException when the folder cannot stand in the server's {@code restore_command} */
    public ScratchRequest {
        folder = folder.toAbsolutePath().normalize();
        if (!folder.toString().matches("[^'%\\\\\\p{Cntrl}]*")) {
            throw new IllegalArgumentException(
                    "The folder is '" + folder + "': expected a path without ', %, \\ and control characters");
        }
    }
}
