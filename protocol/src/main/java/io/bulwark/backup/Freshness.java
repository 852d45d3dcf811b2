package io.bulwark.backup;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What would be lost now, how long a restore took last, and what there is to be alarmed about.
 *
 * @param recoveryPoint RPO: how much of the latest time is not in the repository; empty while nothing is known to be there
 * @param recoveryTime RTO: how long it took until a restored server served, in the last drill
 * @param alarms sentences; empty when all is as it should be
 */
public record Freshness(Optional<Duration> recoveryPoint, Optional<Duration> recoveryTime, List<String> alarms) {
    public Freshness {
        alarms = List.copyOf(alarms);
    }

    /**
     * From what is journalled and what the archiver says.
     *
     * @param from when the coordinator began: it does not know of the archive what the one before it knew
     */
    public static Freshness of(BackupState state, ArchiveView archive, Instant from, Instant now) {
        Optional<Instant> complete = Stream.concat(state.lastBackup().stream(), archive.completeAt().stream())
                .max(Instant::compareTo)
                .filter(_ -> state.lastBackup().isPresent());
        Optional<Duration> point = complete.map(at -> atLeastZero(Duration.between(at, now)));
        Optional<Duration> time = state.lastDrill().flatMap(Measured::recoveryTime);
        List<String> alarms = new ArrayList<>();
        pointAlarm(state, complete, isNotKnownYet(archive) ? from : Instant.MIN, now)
                .ifPresent(alarms::add);
        timeAlarm(state, time).ifPresent(alarms::add);
        drillAlarm(state, now).ifPresent(alarms::add);
        archive.trouble().map(trouble -> "The archive of the log: " + trouble).ifPresent(alarms::add);
        lastFailed(state).ifPresent(alarms::add);
        return new Freshness(point, time, alarms);
    }

    private static boolean isNotKnownYet(ArchiveView archive) {
        return archive.mode() != ArchiveMode.OFF && archive.completeAt().isEmpty();
    }

    private static Optional<String> pointAlarm(
            BackupState state, Optional<Instant> complete, Instant notBefore, Instant now) {
        Duration objective = state.policy().objectives().recoveryPoint();
        if (now.minus(objective).isBefore(notBefore)) {
            return Optional.empty();
        }
        Optional<Instant> due = complete.isPresent() ? complete : state.since();
        return due.filter(at -> at.isBefore(now.minus(objective)))
                .map(at -> complete.isEmpty()
                        ? "There is no backup yet: take one with POST /v1/backups"
                        : "What was written since " + at + " is not in the repository, and at most " + objective
                                + " is to be missing");
    }

    private static Optional<String> timeAlarm(BackupState state, Optional<Duration> time) {
        Duration objective = state.policy().objectives().recoveryTime();
        return time.filter(took -> took.compareTo(objective) > 0)
                .map(took ->
                        "The last drill took " + took + " until its server served, and the objective is " + objective);
    }

    private static Optional<String> drillAlarm(BackupState state, Instant now) {
        if (state.lastDrill().filter(drill -> !drill.passed()).isPresent()) {
            return Optional.of("The last drill failed: see GET /v1/drills");
        }
        Duration every = state.policy().objectives().drillEvery();
        Optional<Instant> last = state.lastPassed().or(state::since);
        return last.filter(at -> at.isBefore(now.minus(every)))
                .map(at -> "No drill has passed since " + at + ", and there is to be one every " + every);
    }

    private static Optional<String> lastFailed(BackupState state) {
        return state.runs().reversed().stream()
                .filter(run -> run.task() instanceof BackupTask.Take)
                .filter(BackupRun::isOver)
                .findFirst()
                .filter(run -> run.state() == BackupRun.State.FAILED)
                .map(run -> "The last backup, run " + run.number() + ", failed: "
                        + run.problem().orElse("no reason is known"));
    }

    private static Duration atLeastZero(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
