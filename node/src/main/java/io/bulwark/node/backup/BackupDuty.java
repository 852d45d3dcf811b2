package io.bulwark.node.backup;

import io.bulwark.backup.BackupKind;
import io.bulwark.backup.BackupPolicy;
import io.bulwark.backup.BackupTask;
import io.bulwark.backup.Measured;
import io.bulwark.backup.RunOutcome;
import io.bulwark.node.backup.BackupWorker.Performance;
import io.bulwark.persistence.backup.BackupRequest;
import io.bulwark.persistence.backup.BaseBackup;
import io.bulwark.persistence.backup.Progress;
import io.bulwark.persistence.backup.TakenBackup;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.drill.Drill;
import io.bulwark.persistence.drill.DrillReport;
import io.bulwark.persistence.drill.DrillRequest;
import io.bulwark.persistence.drill.Drills;
import io.bulwark.persistence.drill.Finding;
import io.bulwark.persistence.embedded.EmbeddedPostgresException;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.Verified;
import io.bulwark.persistence.retention.Pruning;
import io.bulwark.persistence.scratch.ScratchSettings;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Does what a run asks for, on this node, under the lock that keeps two runs from one database. Long work looks whether the
 * lock is still held every few seconds, and what deletes before each deletion: another run may have begun.
 */
final class BackupDuty implements Performance {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    private final RepositoryOpening repository;
    private final Supplier<Optional<Database>> server;
    private final Path drills;
    private final InstantSource clock;
    private final Duration lookEvery;

    /**
     * @param server that is backed up, as it is reached now
     * @param drills a folder for restores that are thrown away
     */
    BackupDuty(RepositoryOpening repository, Supplier<Optional<Database>> server, Path drills, InstantSource clock) {
        this(repository, server, drills, clock, LOOK_EVERY);
    }

    /** @param lookEvery whether the lock is still held */
    BackupDuty(
            RepositoryOpening repository,
            Supplier<Optional<Database>> server,
            Path drills,
            InstantSource clock,
            Duration lookEvery) {
        this.repository = repository;
        this.server = server;
        this.drills = drills;
        this.clock = clock;
        this.lookEvery = lookEvery;
    }

    @Override
    public RunOutcome perform(BackupTask task, BackupPolicy policy, Progress progress) throws InterruptedException {
        try {
            Database database =
                    server.get().orElseThrow(() -> new RunRefused("The server that is to be backed up does not run"));
            try (RunLock lock = RunLock.take(database);
                    Repository open = repository.open()) {
                return done(task, policy, database, open, progress, lock);
            }
        } catch (InterruptedIOException interrupted) {
            throw new InterruptedException(interrupted.getMessage());
        } catch (StoreTrouble trouble) {
            return new RunOutcome.Broke(String.valueOf(trouble.getMessage()), again(trouble.kind()));
        } catch (IOException failure) {
            return new RunOutcome.Broke(String.valueOf(failure.getMessage()), true);
        } catch (UncheckedIOException | EmbeddedPostgresException passing) {
            return new RunOutcome.Broke(String.valueOf(passing.getMessage()), true);
        } catch (IllegalArgumentException | IllegalStateException refusal) {
            return new RunOutcome.Broke(String.valueOf(refusal.getMessage()), false);
        }
    }

    /** Of some troubles it is known that waiting for half a minute does not mend them. */
    private static boolean again(StoreTrouble.Kind kind) {
        return switch (kind) {
            case FULL, UNREACHABLE, THROTTLED, FAILED, EXISTS, MISSING -> true;
            case READ_ONLY, DENIED, DAMAGED, WRONG_KEY -> false;
        };
    }

    private RunOutcome done(
            BackupTask task, BackupPolicy policy, Database database, Repository open, Progress progress, RunLock lock)
            throws IOException {
        Progress watched = lock.watching(progress, lookEvery);
        return switch (task) {
            case BackupTask.Take take -> taken(take, policy, database, open, watched);
            case BackupTask.Verify(String id) -> verified(List.of(backup(open, id)), open, watched);
            case BackupTask.VerifyAll() -> verified(open.backups(), open, watched);
            case BackupTask.Delete(String id) -> deleted(id, open, lock);
            case BackupTask.Prune() -> pruned(open, policy, lock);
            case BackupTask.Drill() -> drilled(database, open, watched, lock);
        };
    }

    private RunOutcome taken(
            BackupTask.Take take, BackupPolicy policy, Database database, Repository open, Progress progress)
            throws IOException {
        BackupRequest request =
                BackupRequest.of(kind(take.kind()), take.label()).withTags(take.tags());
        if (policy.rateMaxKibibytes() > 0) {
            request = request.withRateMaxKibibytes(policy.rateMaxKibibytes());
        }
        TakenBackup taken = new BaseBackup(database, open, clock).take(request, progress);
        return succeeded(taken.backup().id());
    }

    private static Kind kind(BackupKind kind) {
        return switch (kind) {
            case FULL -> Kind.FULL;
            case INCREMENTAL -> Kind.INCREMENTAL;
            case DIFFERENTIAL -> Kind.DIFFERENTIAL;
        };
    }

    private static Backup backup(Repository open, String id) throws StoreTrouble {
        return open.backup(id)
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no backup '" + id + "': GET /v1/backups shows those that are there"));
    }

    private static RunOutcome verified(List<Backup> backups, Repository open, Progress progress) throws IOException {
        long total = backups.stream().mapToLong(BackupDuty::storedBytes).sum();
        long read = 0;
        List<String> bad = new ArrayList<>();
        for (Backup backup : backups) {
            long before = read;
            AtomicLong ofThis = new AtomicLong();
            progress.moved(before, total);
            Verified verified = open.verify(backup, bytes -> progress.moved(before + ofThis.addAndGet(bytes), total));
            read += storedBytes(backup);
            if (!verified.intact()) {
                bad.add(backup.id() + " (" + verified.problems().getFirst().what() + ")");
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("The verification was interrupted");
            }
        }
        return bad.isEmpty()
                ? succeeded("Intact: " + backups.size() + (backups.size() == 1 ? " backup, " : " backups, ") + read
                        + " bytes read")
                : new RunOutcome.Broke(
                        "Not intact: " + String.join(", ", bad) + ": take a full backup now, and look at the store",
                        false);
    }

    private static long storedBytes(Backup backup) {
        return backup.parts().stream().mapToLong(Backup.Part::storedBytes).sum();
    }

    private static RunOutcome deleted(String id, Repository open, RunLock lock) throws IOException {
        Backup backup = backup(open, id);
        lock.requireHeld();
        open.delete(backup);
        return succeeded("Deleted " + id);
    }

    private RunOutcome pruned(Repository open, BackupPolicy policy, RunLock lock) throws IOException {
        Pruning.Pruned pruned = new Pruning(open, policy.retention()).run(clock.instant(), lock::requireHeld);
        if (pruned.hindrance().isPresent()) {
            return new RunOutcome.Broke(pruned.hindrance().get(), false);
        }
        return succeeded("Deleted " + (pruned.backups().isEmpty() ? "no backup" : String.join(", ", pruned.backups()))
                + (pruned.unfinished().isEmpty() ? "" : ", left over: " + String.join(", ", pruned.unfinished()))
                + ", " + pruned.walFiles() + " files of the log; "
                + pruned.kept().size() + " are kept" + held(pruned.held()));
    }

    private static String held(SequencedMap<String, String> held) {
        return held.isEmpty()
                ? ""
                : "; the store does not let go of " + String.join(", ", held.keySet()) + " yet: "
                        + held.firstEntry().getValue();
    }

    private RunOutcome drilled(Database database, Repository open, Progress progress, RunLock lock) throws IOException {
        DrillRequest request = DrillRequest.of(
                new DrillRequest.When.Random(), drills, database, ScratchSettings.with(drills.resolve("programs")));
        DrillReport report = new Drill(open, new SecureRandom(), clock).run(request, watcher(progress, lock));
        lock.requireHeld();
        new Drills(open).keep(report);
        Optional<Measured> measured =
                Optional.of(new Measured(report.endedAt(), report.passed(), report.recoveryTime()));
        return report.passed()
                ? new RunOutcome.Succeeded("Drill " + report.id() + " passed", measured)
                : new RunOutcome.Broke("Drill " + report.id() + ": " + firstFailed(report), false, measured);
    }

    private static Drill.Watcher watcher(Progress progress, RunLock lock) {
        return new Drill.Watcher() {
            @Override
            public void moved(long bytesDone, long bytesTotal) {
                progress.moved(bytesDone, bytesTotal);
            }

            @Override
            public void begins(DrillReport.Phase phase) {
                lock.requireHeldOrBreakOff();
            }
        };
    }

    private static String firstFailed(DrillReport report) {
        return report.findings().stream()
                .filter(finding -> finding.outcome() == Finding.Outcome.FAILED)
                .findFirst()
                .map(finding -> finding.check() + ": " + finding.what())
                .orElse("it failed");
    }

    private static RunOutcome succeeded(String result) {
        return new RunOutcome.Succeeded(result, Optional.empty());
    }
}
