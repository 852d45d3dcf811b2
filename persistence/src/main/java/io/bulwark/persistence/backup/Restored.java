package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Backup;
import java.nio.file.Path;

/**
 * A restore that is complete: a server can be started on it.
 *
 * @param backup the one that was wanted
 * @param data the data directory
 * @param files how many the manifest lists; each was held against it
 * @param bytes of these files together
 */
public record Restored(Backup backup, Path data, long files, long bytes) {}
