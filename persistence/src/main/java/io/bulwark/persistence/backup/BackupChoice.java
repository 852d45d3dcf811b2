package io.bulwark.persistence.backup;

import io.bulwark.persistence.archive.Lsn;
import io.bulwark.persistence.archive.Timelines;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/** Which backup a restore begins with. */
public final class BackupChoice {
    private BackupChoice() {}

    /**
     * As {@link #of}, of what the repository has.
     *
     * @throws StoreTrouble when it cannot be read
     * @throws IllegalArgumentException when there is none
     */
    public static Backup in(Repository repository, Optional<String> id, Optional<PointInTime> point)
            throws StoreTrouble {
        return of(repository.listing().backups(), Timelines.newestOf(repository.wal()), id, point);
    }

    /**
     * The one of this id, or the last that ended before the point, so that as little of the log as possible is replayed.
     * Where a restore or a promotion has led to a newer timeline, a replay follows that one: a backup of the part that was
     * left behind leads nowhere, and is passed over.
     *
     * @param backups of a repository, the oldest first
     * @param timelines to the last of which the log leads
     * @param id of a backup; empty: it is chosen by the point
     * @param point empty: the end of the last backup
     * @throws IllegalArgumentException when there is none; the message says what there is
     */
    public static Backup of(
            List<Backup> backups, Timelines timelines, Optional<String> id, Optional<PointInTime> point) {
        if (id.isPresent()) {
            return named(backups, id.get());
        }
        List<Backup> onTheWay = point.isEmpty()
                ? backups
                : backups.stream()
                        .filter(backup -> timelines.leadsThrough(
                                backup.start().timeline(),
                                Lsn.parse(backup.end().endLsn())))
                        .toList();
        if (onTheWay.isEmpty() && !backups.isEmpty()) {
            throw new IllegalArgumentException("The log leads to timeline " + timelines.current()
                    + ", which begins before every backup ended: restore one without a point, or take a backup");
        }
        return lastBefore(onTheWay, point);
    }

    private static Backup named(List<Backup> backups, String id) {
        return backups.stream()
                .filter(backup -> backup.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no backup '" + id + "': `bulwark backup list` shows those that are there"));
    }

    private static Backup lastBefore(List<Backup> backups, Optional<PointInTime> point) {
        return backups.stream()
                .filter(backup -> point.isEmpty() || endsBefore(backup, point.get()))
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new IllegalArgumentException(
                        backups.isEmpty()
                                ? "There is no backup in the repository: take one with `bulwark backup take`"
                                : "The first backup ended at "
                                        + backups.getFirst().end().endedAt() + " ("
                                        + backups.getFirst().end().endLsn()
                                        + "), after what is asked for: nothing earlier can be restored"));
    }

    private static boolean endsBefore(Backup backup, PointInTime point) {
        return switch (point) {
            case PointInTime.At(Instant time) -> !endedAt(backup).isAfter(time);
            case PointInTime.Lsn(LogSequenceNumber position) ->
                LogSequenceNumber.valueOf(backup.end().endLsn()).compareTo(position) <= 0;
            case PointInTime.NamedPoint _, PointInTime.End _ -> true;
        };
    }

    /** When the backup ended, to the microsecond, as points are told. */
    static Instant endedAt(Backup backup) {
        return backup.end().endedAt().truncatedTo(ChronoUnit.MICROS);
    }
}
