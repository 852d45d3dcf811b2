package io.bulwark.backup;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.wire.CborMessage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the backup coordinator last said of itself; every node has a copy, which is served while there is no coordinator
 * too.
 *
 * @param coordinator where it lived then
 * @param journal how many events it had journalled: of two views the one with more is the later one
 * @param version of the policy; 0 while nobody has put one
 * @param runs those that are not over and the latest {@value #RUNS_MAX} others, oldest first
 * @param progress of the run that is worked on
 * @param next by the schedule's name, when its time comes next
 */
public record BackupView(
        MemberAddress coordinator,
        long journal,
        Instant at,
        long version,
        BackupPolicy policy,
        List<BackupRun> runs,
        Optional<Progress> progress,
        ArchiveView archive,
        Freshness freshness,
        Optional<Instant> lastBackup,
        Optional<Measured> lastDrill,
        Map<String, Instant> next)
        implements CborMessage {
    /** How many runs that are over a view carries; the others are asked for. */
    public static final int RUNS_MAX = 20;

    public BackupView {
        runs = List.copyOf(runs);
        next = Map.copyOf(next);
    }

    /**
     * How far a run is.
     *
     * @param run its number
     * @param bytesTotal as far as is known; 0 before that
     * @param heard when its node was last heard
     */
    public record Progress(long run, long bytesDone, long bytesTotal, Instant heard) {}

    /** Whether this says more than the other: views overtake each other, and a former coordinator may send one late. */
    public boolean isLaterThan(BackupView other) {
        return journal != other.journal ? journal > other.journal : at.isAfter(other.at);
    }
}
