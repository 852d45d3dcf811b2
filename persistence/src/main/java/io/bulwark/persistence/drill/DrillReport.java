package io.bulwark.persistence.drill;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.bulwark.persistence.drill.Finding.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a drill did, measured and found.
 *
 * @param id such as {@code 20261127T031500Z-5e1f09aa}
 * @param wanted {@code random}, {@code end} or {@code at}
 * @param backupId the backup that was restored; empty when none could be chosen
 * @param backupEndedAt when that backup ended
 * @param point the instant up to which the log was to be replayed; empty: the end of what is there
 * @param archiveEnd when the last transaction ended that the archive holds, by the server's clock; empty when it holds none
 * @param replayedTo when the last transaction ended that was replayed; empty when none was
 * @param phases in their order, as far as it came
 * @param files that were restored
 * @param bytes that were restored, before the log was replayed
 * @param walFiles files of the log that were fetched
 * @param recoveryTime the RTO: from the beginning of the restore to the server serving; empty when it did not come so far
 * @param recoveryPoint the RPO: by how much the last transaction that the repository holds (in the archive, else the end of
 *     the newest backup) was behind the beginning of the drill. More than that cannot be lost; of a database in which
 *     nothing happens it is as long as nothing has happened. Empty when there is no backup
 * @param findings in the order in which they were found
 * @param tables the first 500, by database and name
 * @param hashes of tenants' rows, the first 1,000, so that two drills to the same instant can be compared
 */
public record DrillReport(
        String id,
        Instant begunAt,
        Instant endedAt,
        String wanted,
        Optional<String> backupId,
        Optional<Instant> backupEndedAt,
        Optional<Instant> point,
        Optional<Instant> archiveEnd,
        Optional<Instant> replayedTo,
        List<Timed> phases,
        long files,
        long bytes,
        int walFiles,
        @JsonFormat(shape = JsonFormat.Shape.STRING) Optional<Duration> recoveryTime,
        @JsonFormat(shape = JsonFormat.Shape.STRING) Optional<Duration> recoveryPoint,
        List<Finding> findings,
        List<TableRows> tables,
        List<TenantHash> hashes) {
    public DrillReport {
        phases = List.copyOf(phases);
        findings = List.copyOf(findings);
        tables = List.copyOf(tables);
        hashes = List.copyOf(hashes);
    }

    /** What a drill does, in this order. */
    public enum Phase {
        CHOOSE,
        RESTORE,
        FETCH,
        START,
        CHECK
    }

    /** How long a phase took. */
    public record Timed(
            Phase phase,
            @JsonFormat(shape = JsonFormat.Shape.STRING) Duration took) {}

    /**
     * A table.
     *
     * @param table with its schema
     */
    public record TableRows(String database, String table, long rows) {}

    /**
     * The rows of one tenant in one table.
     *
     * @param tenant its name, or {@code *} for all tenants together
     * @param md5 over the rows, whatever their order; 32 lower-case hexadecimal digits
     */
    public record TenantHash(String tenant, String table, long rows, String md5) {}

    /** Whether nothing failed. */
    public boolean passed() {
        return findings.stream().noneMatch(finding -> finding.outcome() == Outcome.FAILED);
    }
}
