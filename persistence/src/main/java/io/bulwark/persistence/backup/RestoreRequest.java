package io.bulwark.persistence.backup;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be restored, and where to.
 *
 * @param backupId any backup of a chain; what it builds on is read too
 * @param target the data directory to be: empty, or not there yet
 * @param tablespaces a folder, empty or not there yet, that gets one directory for each tablespace; needed when the
 *     backup has any
 * @param recovery where WAL comes from and up to where it is replayed; without it the server has the state of the end of
 *     the backup, which must have its WAL with it
 * @param settings more settings for the restored server, by name, such as an empty {@code synchronous_standby_names}
 *     for a server that is to commit without its standbys; they go into {@code postgresql.auto.conf}
 * @param resume whether to go on with a restore of the same that broke off, and to keep what was restored when this one
 *     breaks off; else the target has to be empty, and is empty again then
 */
public record RestoreRequest(
        String backupId,
        Path target,
        Optional<Path> tablespaces,
        Optional<Recovery> recovery,
        Map<String, String> settings,
        boolean resume) {
    /** @throws IllegalArgumentException when a setting's name or value cannot stand in a line of that file */
    public RestoreRequest {
        settings = Map.copyOf(settings);
        settings.forEach((name, value) -> {
            if (!name.matches("[A-Za-z_][A-Za-z0-9_.]*") || value.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("The setting '" + name + "' is '" + value
                        + "': expected a setting of PostgreSQL, and a value of one line");
            }
        });
    }

    /** The state of the end of the backup, which must have its WAL with it. */
    public static RestoreRequest of(String backupId, Path target) {
        return new RestoreRequest(backupId, target, Optional.empty(), Optional.empty(), Map.of(), false);
    }

    /** The same with this folder for tablespaces. */
    public RestoreRequest withTablespaces(Path folder) {
        return new RestoreRequest(backupId, target, Optional.of(folder), recovery, settings, resume);
    }

    /** The same, replayed up to this point. */
    public RestoreRequest withRecovery(PointInTime point, String restoreCommand) {
        return new RestoreRequest(
                backupId, target, tablespaces, Optional.of(new Recovery(point, restoreCommand)), settings, resume);
    }

    /** The same with these settings for the restored server. */
    public RestoreRequest withSettings(Map<String, String> newSettings) {
        return new RestoreRequest(backupId, target, tablespaces, recovery, newSettings, resume);
    }

    /** The same, going on with what an earlier one left, and leaving what it has when it breaks off too. */
    public RestoreRequest resumed() {
        return new RestoreRequest(backupId, target, tablespaces, recovery, settings, true);
    }
}
