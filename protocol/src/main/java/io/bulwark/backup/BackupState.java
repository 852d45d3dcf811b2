package io.bulwark.backup;

import io.bulwark.wire.CborMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The hard state of the backup coordinator.
 *
 * @param version of the policy; 0 while nobody has put one
 * @param since when the policy came into force; empty before the first coordinator
 * @param fired for which time each schedule was last obeyed
 * @param runs the latest {@value #RUNS_MAX} and all that are not over, oldest first
 * @param lastBackup when a backup was last complete
 * @param lastDrill what the last drill measured
 * @param lastPassed when a drill last passed
 * @param archiveAtServer whether the server may keep something for the archiver: a slot, its name among those that commits
 *     wait for; so from the first policy that archives on until what is there has been taken away
 */
public record BackupState(
        long version,
        BackupPolicy policy,
        Optional<Instant> since,
        Map<String, Instant> fired,
        long lastNumber,
        List<BackupRun> runs,
        Optional<Instant> lastBackup,
        Optional<Measured> lastDrill,
        Optional<Instant> lastPassed,
        boolean archiveAtServer)
        implements CborMessage {
    /** How many runs are kept to be read. */
    public static final int RUNS_MAX = 500;

    /** With the default policy. */
    public static final BackupState EMPTY = new BackupState(
            0,
            BackupPolicy.DEFAULT,
            Optional.empty(),
            Map.of(),
            0,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false);

    public BackupState {
        archiveAtServer |= policy.archive() != ArchiveMode.OFF;
        fired = Map.copyOf(fired);
        runs = List.copyOf(runs);
    }

    /** The run of this number; empty when there is none, or it is no longer kept. */
    public Optional<BackupRun> run(long number) {
        return runs.stream().filter(run -> run.number() == number).findFirst();
    }

    /** Those that are not over, in their order. */
    public List<BackupRun> unfinished() {
        return runs.stream().filter(run -> !run.isOver()).toList();
    }

    /** The one that a node works on. */
    public Optional<BackupRun> running() {
        return runs.stream()
                .filter(run -> run.state() == BackupRun.State.RUNNING)
                .findFirst();
    }

    /** The only way in which it changes. */
    public BackupState apply(BackupEvent event) {
        return switch (event) {
            case BackupEvent.PolicyPut(long put, BackupPolicy after, Instant at) -> withPolicy(put, after, at);
            case BackupEvent.Fired(String schedule, Instant time) -> withFired(schedule, time);
            case BackupEvent.Queued queued -> with(queued);
            case BackupEvent.Started started -> changed(started.number(), run -> run.started(started));
            case BackupEvent.Failed failed -> changed(failed.number(), run -> run.failed(failed));
            case BackupEvent.Done done -> with(done);
            case BackupEvent.Cancelled cancelled -> changed(cancelled.number(), run -> run.cancelled(cancelled));
            case BackupEvent.Drilled(Measured measured) -> with(measured);
            case BackupEvent.ArchiveTakenAway _ -> withoutArchive();
        };
    }

    private BackupState withPolicy(long put, BackupPolicy after, Instant at) {
        Map<String, Instant> still = new HashMap<>(fired);
        still.keySet()
                .removeIf(name -> !after.schedules().stream()
                        .map(schedule -> schedule.name().value())
                        .toList()
                        .contains(name));
        return new BackupState(
                put,
                after,
                Optional.of(at),
                still,
                lastNumber,
                runs,
                lastBackup,
                lastDrill,
                lastPassed,
                archiveAtServer);
    }

    private BackupState withFired(String schedule, Instant time) {
        Map<String, Instant> after = new HashMap<>(fired);
        after.put(schedule, time);
        return new BackupState(
                version, policy, since, after, lastNumber, runs, lastBackup, lastDrill, lastPassed, archiveAtServer);
    }

    private BackupState with(BackupEvent.Queued queued) {
        List<BackupRun> after = new ArrayList<>(runs);
        after.add(BackupRun.queued(queued));
        for (int i = 0; after.size() > RUNS_MAX && i < after.size(); ) {
            if (after.get(i).isOver()) {
                after.remove(i);
            } else {
                i++;
            }
        }
        return new BackupState(
                version,
                policy,
                since,
                fired,
                queued.number(),
                after,
                lastBackup,
                lastDrill,
                lastPassed,
                archiveAtServer);
    }

    private BackupState with(BackupEvent.Done done) {
        boolean backup = run(done.number())
                .filter(run -> run.task() instanceof BackupTask.Take)
                .isPresent();
        BackupState after = changed(done.number(), run -> run.done(done));
        return new BackupState(
                version,
                policy,
                since,
                fired,
                lastNumber,
                after.runs,
                backup ? Optional.of(done.at()) : lastBackup,
                lastDrill,
                lastPassed,
                archiveAtServer);
    }

    private BackupState with(Measured measured) {
        return new BackupState(
                version,
                policy,
                since,
                fired,
                lastNumber,
                runs,
                lastBackup,
                Optional.of(measured),
                measured.passed() ? Optional.of(measured.at()) : lastPassed,
                archiveAtServer);
    }

    private BackupState withoutArchive() {
        return new BackupState(
                version, policy, since, fired, lastNumber, runs, lastBackup, lastDrill, lastPassed, false);
    }

    private BackupState changed(long number, UnaryOperator<BackupRun> change) {
        List<BackupRun> after = runs.stream()
                .map(run -> run.number() == number ? change.apply(run) : run)
                .toList();
        return new BackupState(
                version, policy, since, fired, lastNumber, after, lastBackup, lastDrill, lastPassed, archiveAtServer);
    }
}
