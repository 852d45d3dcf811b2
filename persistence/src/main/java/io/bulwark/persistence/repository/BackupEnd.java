package io.bulwark.persistence.repository;

import java.time.Instant;

/**
 * What is known of a backup when it ends.
 *
 * @param startLsn where WAL replay of a restore begins, such as {@code 0/2000028}
 * @param endLsn up to where WAL is needed for a consistent restore
 */
public record BackupEnd(String startLsn, String endLsn, Instant startedAt, Instant endedAt) {}
