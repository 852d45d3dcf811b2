package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Backup;
import java.util.Optional;

/**
 * A backup that is complete.
 *
 * @param forcedFull a sentence that says why it is a full one though another kind was wanted; kept as the backup's tag
 *     {@code bulwark.full-because} too
 */
public record TakenBackup(Backup backup, Optional<String> forcedFull) {}
