package io.bulwark.backup;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A backup in the repository.
 *
 * @param parent what it builds on
 * @param server such as {@code PostgreSQL 18}
 * @param startLsn where a restore begins to replay the log
 * @param endLsn up to where it must
 * @param bytes before compression
 * @param storedBytes in the repository
 * @param keptBecause by which rule of the policy it stays; empty when it goes with the next pruning
 */
public record HeldBackup(
        String id,
        BackupKind kind,
        Optional<String> parent,
        String server,
        int timeline,
        String startLsn,
        String endLsn,
        Instant startedAt,
        Instant endedAt,
        long bytes,
        long storedBytes,
        String label,
        Map<String, String> tags,
        Optional<String> keptBecause) {
    public HeldBackup {
        tags = Map.copyOf(tags);
    }
}
