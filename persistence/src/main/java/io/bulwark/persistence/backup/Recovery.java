package io.bulwark.persistence.backup;

/**
 * How a restored server gets WAL, and up to where it replays it.
 *
 * @param restoreCommand what the server runs for each file, with {@code %f} for its name and {@code %p} for where it
 *     goes (https://www.postgresql.org/docs/18/runtime-config-wal.html#GUC-RESTORE-COMMAND)
 */
public record Recovery(PointInTime point, String restoreCommand) {
    /** @throws IllegalArgumentException when the command could not fetch a file */
    public Recovery {
        if (!restoreCommand.contains("%f")
                || !restoreCommand.contains("%p")
                || restoreCommand.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("The restore command is '" + restoreCommand
                    + "': expected one line with %f (the name of a WAL file) and %p (where to put it)");
        }
    }
}
