package io.bulwark.persistence.drill;

import io.bulwark.persistence.archive.Lsn;
import io.bulwark.persistence.archive.Timelines;
import io.bulwark.persistence.backup.BackupChoice;
import io.bulwark.persistence.backup.PointInTime;
import io.bulwark.persistence.drill.DrillRequest.When;
import io.bulwark.persistence.repository.Backup;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a drill restores.
 *
 * @param point empty: the end of the backup, because there is no log after it
 */
record Chosen(Backup backup, Optional<PointInTime> point) {
    /**
     * Chooses.
     *
     * @param backups of the repository, the oldest first
     * @param timelines to the last of which the log leads
     * @param archiveEnd when the last transaction ended that the archive holds; a replay can end at any instant before it
     * @throws IllegalArgumentException when there is no backup from which the point can be reached
     */
    static Chosen by(
            When when,
            List<Backup> backups,
            Timelines timelines,
            Optional<Instant> archiveEnd,
            RandomGenerator random) {
        return switch (when) {
            case When.At(Instant time) -> to(backups, timelines, new PointInTime.At(time));
            case When.End() ->
                archiveEnd.isPresent()
                        ? to(backups, timelines, new PointInTime.End())
                        : new Chosen(
                                BackupChoice.of(backups, timelines, Optional.empty(), Optional.empty()),
                                Optional.empty());
            case When.Random() -> random(backups, timelines, archiveEnd, random);
        };
    }

    private static Chosen to(List<Backup> backups, Timelines timelines, PointInTime point) {
        return new Chosen(
                BackupChoice.of(backups, timelines, Optional.empty(), Optional.of(point)), Optional.of(point));
    }

    /** Of the newest backup after which the archive holds something; of the newest alone when there is none. */
    private static Chosen random(
            List<Backup> backups, Timelines timelines, Optional<Instant> archiveEnd, RandomGenerator random) {
        for (Backup backup : backups.reversed()) {
            // Points are told to the microsecond, and the backup's end must not be after it.
            Instant from = backup.end().endedAt().truncatedTo(ChronoUnit.MICROS).plus(1, ChronoUnit.MICROS);
            boolean onTheWay = timelines.leadsThrough(
                    backup.start().timeline(), Lsn.parse(backup.end().endLsn()));
            if (onTheWay && archiveEnd.isPresent() && from.isBefore(archiveEnd.get())) {
                long micros = ChronoUnit.MICROS.between(from, archiveEnd.get());
                Instant time = from.plus(random.nextLong(micros), ChronoUnit.MICROS);
                return new Chosen(backup, Optional.of(new PointInTime.At(time)));
            }
        }
        return new Chosen(BackupChoice.of(backups, timelines, Optional.empty(), Optional.empty()), Optional.empty());
    }
}
