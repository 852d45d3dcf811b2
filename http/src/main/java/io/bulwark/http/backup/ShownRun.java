package io.bulwark.http.backup;

import io.bulwark.backup.BackupRun;
import io.bulwark.backup.BackupTask;
import io.bulwark.backup.BackupView;
import io.bulwark.cluster.MemberAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * A run as a client sees it.
 *
 * @param backup the one that it made
 */
record ShownRun(
        long run,
        BackupTask task,
        String cause,
        BackupRun.State state,
        int attempt,
        Optional<MemberAddress> node,
        Instant queuedAt,
        Optional<Instant> startedAt,
        Optional<Instant> notBefore,
        Optional<Instant> endedAt,
        Optional<Long> bytesDone,
        Optional<Long> bytesTotal,
        Optional<String> backup,
        Optional<String> result,
        Optional<String> problem) {
    /** @param progress of whichever run is worked on */
    static ShownRun of(BackupRun run, Optional<BackupView.Progress> progress) {
        Optional<BackupView.Progress> own =
                progress.filter(far -> far.run() == run.number() && run.state() == BackupRun.State.RUNNING);
        boolean takes = run.task() instanceof BackupTask.Take;
        return new ShownRun(
                run.number(),
                run.task(),
                run.cause(),
                run.state(),
                run.attempt(),
                run.node(),
                run.queued(),
                run.started(),
                run.notBefore(),
                run.ended(),
                own.map(BackupView.Progress::bytesDone),
                own.map(BackupView.Progress::bytesTotal).filter(total -> total > 0),
                takes ? run.result() : Optional.empty(),
                takes ? Optional.empty() : run.result(),
                run.problem());
    }
}
