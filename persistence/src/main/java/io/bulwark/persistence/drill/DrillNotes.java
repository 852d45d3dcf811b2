package io.bulwark.persistence.drill;

import io.bulwark.persistence.backup.PointInTime;
import io.bulwark.persistence.drill.DrillReport.Phase;
import io.bulwark.persistence.drill.DrillReport.TableRows;
import io.bulwark.persistence.drill.DrillReport.TenantHash;
import io.bulwark.persistence.drill.DrillReport.Timed;
import io.bulwark.persistence.drill.DrillRequest.When;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.scratch.Scratch;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What is known of a drill so far. For one thread. */
final class DrillNotes {
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int TABLES_MAX = 500;

    private final String id;
    private final Instant begunAt;
    private final When when;
    private final Drill.Watcher watcher;
    private final List<Timed> phases = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final List<TableRows> tables = new ArrayList<>();
    private final List<TenantHash> hashes = new ArrayList<>();
    private Phase phase = Phase.CHOOSE;
    private long phaseNanos = System.nanoTime();
    private long restoreNanos;
    private Optional<Duration> recoveryTime = Optional.empty();
    private Optional<Backup> newest = Optional.empty();
    private Optional<Instant> archiveEnd = Optional.empty();
    private Optional<Chosen> chosen = Optional.empty();
    private Optional<Scratch> scratch = Optional.empty();
    private Optional<Instant> replayedTo = Optional.empty();

    DrillNotes(When when, Instant begunAt, RandomGenerator random, Drill.Watcher watcher) {
        this.id = ID.format(begunAt) + "-" + HexFormat.of().toHexDigits(random.nextInt());
        this.when = when;
        this.begunAt = begunAt;
        this.watcher = watcher;
        watcher.begins(Phase.CHOOSE);
    }

    void begins(Phase next) {
        ended();
        phase = next;
        phaseNanos = System.nanoTime();
        if (next == Phase.RESTORE) {
            restoreNanos = phaseNanos;
        }
        watcher.begins(next);
    }

    private void ended() {
        phases.add(new Timed(phase, since(phaseNanos)));
    }

    /** To the millisecond. */
    private static Duration since(long nanos) {
        return Duration.ofMillis((System.nanoTime() - nanos) / 1_000_000);
    }

    void repository(List<Backup> backups, Optional<Instant> end) {
        newest = backups.isEmpty() ? Optional.empty() : Optional.of(backups.getLast());
        archiveEnd = end;
    }

    void chose(Chosen what) {
        chosen = Optional.of(what);
    }

    void serves(Scratch restored) {
        recoveryTime = Optional.of(since(restoreNanos));
        scratch = Optional.of(restored);
    }

    void replayedTo(Optional<Instant> instant) {
        replayedTo = instant;
    }

    void found(Finding finding) {
        findings.add(finding);
        watcher.found(finding);
    }

    /** The drill ends here, because this phase could not be done. */
    void failed(Exception failure) {
        String what = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        found(Finding.failed(phase.name().toLowerCase(Locale.ROOT), what.replaceAll("\\s+", " ")));
    }

    void counted(List<TableRows> some) {
        some.stream().limit(TABLES_MAX - tables.size()).forEach(tables::add);
    }

    void hashed(List<TenantHash> all) {
        hashes.addAll(all);
    }

    DrillReport report(Instant now) {
        ended();
        return new DrillReport(
                id,
                begunAt,
                now,
                switch (when) {
                    case When.Random() -> "random";
                    case When.End() -> "end";
                    case When.At _ -> "at";
                },
                chosen.map(what -> what.backup().id()),
                chosen.map(what -> what.backup().end().endedAt()),
                point(),
                archiveEnd,
                replayedTo,
                phases,
                scratch.map(what -> what.restored().files()).orElse(0L),
                scratch.map(what -> what.restored().bytes()).orElse(0L),
                scratch.map(Scratch::walFiles).orElse(0),
                recoveryTime,
                recoveryPoint(),
                findings,
                tables,
                hashes);
    }

    private Optional<Instant> point() {
        if (when instanceof When.At(Instant time)) {
            return Optional.of(time);
        }
        return chosen.flatMap(Chosen::point)
                .flatMap(point -> point instanceof PointInTime.At(Instant time) ? Optional.of(time) : Optional.empty());
    }

    /** Never below zero, whatever the clocks say. */
    private Optional<Duration> recoveryPoint() {
        Optional<Instant> backupEnd = newest.map(backup -> backup.end().endedAt());
        Optional<Instant> last = archiveEnd
                .filter(end -> backupEnd.isEmpty() || end.isAfter(backupEnd.get()))
                .or(() -> backupEnd);
        return last.map(end -> end.isAfter(begunAt)
                ? Duration.ZERO
                : Duration.ofMillis(Duration.between(end, begunAt).toMillis()));
    }
}
