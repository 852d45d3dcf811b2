package io.bulwark.node.backup;

import akka.actor.typed.ActorRef;
import io.bulwark.backup.BackupPlanner;
import io.bulwark.backup.BackupPlanner.Candidate;
import io.bulwark.backup.BackupPlanner.Seen;
import io.bulwark.backup.BackupRun;
import io.bulwark.backup.BackupState;
import io.bulwark.backup.BackupView;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.backup.BackupCoordinator.Command.Heard;
import io.bulwark.node.backup.BackupCoordinator.Far;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The nodes that can do runs, as they were last heard. Soft: a new coordinator has heard of nobody, and of a run that is
 * worked on it waits to hear for as long as of any other.
 */
final class Workers {
    /** Four reports: one that says nothing for so long is given nothing. */
    private static final Duration PRESENT_FOR = BackupWorker.EVERY.multipliedBy(4);
    /** An order may be on its way for so long, before a node that does not know of it has forgotten it. */
    private static final Duration UNDER_WAY = BackupWorker.EVERY.multipliedBy(3);

    private final Map<MemberAddress, Report> reports = new HashMap<>();
    private final Map<Long, Instant> heardOf = new HashMap<>();

    private record Report(Heard heard, Instant at) {}

    void heard(Heard heard, Instant now) {
        reports.values().removeIf(report -> report.at().isBefore(now.minus(BackupPlanner.PATIENCE)));
        reports.put(heard.member(), new Report(heard, now));
        heard.far().ifPresent(far -> heardOf.put(far.number(), now));
    }

    /** From now on something is to be heard of this run. */
    void expect(long number, Instant now) {
        heardOf.clear();
        heardOf.put(number, now);
    }

    Optional<ActorRef<BackupWorker.Command>> of(MemberAddress member) {
        return Optional.ofNullable(reports.get(member))
                .map(report -> report.heard().worker());
    }

    Seen seen(BackupState state, Instant now) {
        List<Candidate> candidates = reports.values().stream()
                .filter(report -> report.at().isAfter(now.minus(PRESENT_FOR)))
                .filter(report -> report.heard().far().isEmpty())
                .map(report ->
                        new Candidate(report.heard().member(), report.heard().load()))
                .toList();
        Map<Long, Instant> heard = new HashMap<>(heardOf);
        heard.keySet()
                .removeIf(
                        number -> state.run(number).filter(run -> !run.isOver()).isEmpty());
        return new Seen(candidates, heard);
    }

    /** The run that this node is to work on and does not know of, because its process is not the one that was told. */
    Optional<BackupRun> forgotten(BackupState state, Heard heard, Instant now) {
        return state.running()
                .filter(run -> run.node().equals(Optional.of(heard.member())))
                .filter(run -> heard.far()
                        .filter(far -> far.number() == run.number() && far.attempt() == run.attempt())
                        .isEmpty())
                .filter(run -> run.started()
                        .filter(started -> started.isBefore(now.minus(UNDER_WAY)))
                        .isPresent());
    }

    Optional<BackupView.Progress> progress(BackupState state) {
        return state.running()
                .flatMap(run -> run.node()
                        .flatMap(node -> Optional.ofNullable(reports.get(node)))
                        .flatMap(report -> progress(run, report)));
    }

    private static Optional<BackupView.Progress> progress(BackupRun run, Report report) {
        return report.heard()
                .far()
                .filter(far -> far.number() == run.number())
                .map((Far far) ->
                        new BackupView.Progress(run.number(), far.bytesDone(), far.bytesTotal(), report.at()));
    }
}
