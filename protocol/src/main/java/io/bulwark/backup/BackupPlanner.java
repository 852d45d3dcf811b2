package io.bulwark.backup;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.schedule.CronTimes;
import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the backup coordinator decides: which runs there are, whose turn it is, who does it, and what becomes of one whose
 * node is silent. Changes nothing.
 *
 * <p>Runs are done one at a time: no two ever work on one database or one repository.
 */
public final class BackupPlanner {
    /** The most runs that wait at a time. */
    public static final int WAITING_MAX = 32;
    /** How often a run is tried. */
    public static final int ATTEMPTS_MAX = 3;
    /** A node from which nothing is heard for so long has lost its run. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);
    /** A schedule's time that passed while there was no coordinator is made up for when it is no longer ago than this. */
    public static final Duration CATCH_UP = Duration.ofDays(1);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);

    private BackupPlanner() {}

    /**
     * A member that can do a run.
     *
     * @param load of its processors, 0 to 1; 1 when it is not known
     */
    public record Candidate(MemberAddress member, double load) {}

    /**
     * What is seen at a moment.
     *
     * @param candidates the members that can do a run now
     * @param heard when the node of each run that is worked on was last heard, by the run's number
     */
    public record Seen(List<Candidate> candidates, Map<Long, Instant> heard) {
        public Seen {
            candidates = List.copyOf(candidates);
            heard = Map.copyOf(heard);
        }
    }

    /** A run that a node is to be given. */
    public record Order(long number, int attempt, BackupTask task, MemberAddress node) {}

    /** What somebody who asks for a run is told. */
    public sealed interface Asked {
        /** It waits for its turn. */
        record Accepted(long number) implements Asked {}

        /** So many wait already. */
        record Full(int waiting) implements Asked {}
    }

    /** Looks at the time and at the nodes. */
    public static Step<BackupEvent, Optional<Order>> look(BackupState before, Seen seen, Instant now) {
        List<BackupEvent> events = new ArrayList<>();
        BackupState state = before;
        if (state.since().isEmpty()) {
            state = add(events, state, new BackupEvent.PolicyPut(0, state.policy(), now));
        }
        for (BackupEvent event : lost(state, seen, now)) {
            state = add(events, state, event);
        }
        for (BackupEvent event : due(state, now)) {
            state = add(events, state, event);
        }
        Optional<BackupEvent.Started> start = next(state, seen, now);
        start.ifPresent(events::add);
        BackupState after = state;
        return new Step<>(
                events,
                start.flatMap(event -> after.run(event.number())
                        .map(run -> new Order(event.number(), event.attempt(), run.task(), event.node()))));
    }

    private static BackupState add(List<BackupEvent> events, BackupState state, BackupEvent event) {
        events.add(event);
        return state.apply(event);
    }

    private static List<BackupEvent> lost(BackupState state, Seen seen, Instant now) {
        return state.running().stream()
                .filter(run -> seen.heard()
                        .getOrDefault(run.number(), run.started().orElse(now))
                        .isBefore(now.minus(PATIENCE)))
                .map(run -> broke(
                        run,
                        "Nothing was heard of the node "
                                + run.node().map(MemberAddress::toString).orElse("?") + " for " + PATIENCE,
                        true,
                        now))
                .toList();
    }

    private static BackupEvent broke(BackupRun run, String problem, boolean again, Instant now) {
        boolean tried = run.attempt() >= ATTEMPTS_MAX;
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.max(0, run.attempt() - 1));
        return new BackupEvent.Failed(
                run.number(),
                run.attempt(),
                problem,
                now,
                again && !tried ? Optional.of(now.plus(pause)) : Optional.empty());
    }

    /** Of several base backups whose time it is the one that holds the most is taken. */
    private static List<BackupEvent> due(BackupState state, Instant now) {
        if (state.policy().paused()) {
            return List.of();
        }
        List<BackupEvent> events = new ArrayList<>();
        List<BackupSchedule> due = new ArrayList<>();
        for (BackupSchedule schedule : state.policy().schedules()) {
            time(state, schedule, now).ifPresent(time -> {
                events.add(new BackupEvent.Fired(schedule.name().value(), time));
                if (!time.isBefore(now.minus(CATCH_UP))) {
                    due.add(schedule);
                }
            });
        }
        long number = state.lastNumber();
        for (BackupSchedule schedule : strongest(due)) {
            if (state.unfinished().size() + (number - state.lastNumber()) < WAITING_MAX
                    && state.unfinished().stream().noneMatch(run -> covers(run.task(), schedule.task()))) {
                number++;
                events.add(new BackupEvent.Queued(number, schedule.task(), "schedule " + schedule.name(), now));
            }
        }
        return events;
    }

    /** A time that the clocks show twice, because they were put back, counts once. */
    private static Optional<Instant> time(BackupState state, BackupSchedule schedule, Instant now) {
        CronTimes times = schedule.times();
        Instant obeyed = state.fired()
                .getOrDefault(schedule.name().value(), state.since().orElse(now));
        return times.last(now).filter(last -> last.isAfter(obeyed) && !times.showsTheSame(last, obeyed));
    }

    private static List<BackupSchedule> strongest(List<BackupSchedule> due) {
        Optional<BackupSchedule> most = due.stream()
                .filter(schedule -> schedule.task() instanceof BackupTask.Take)
                .max(Comparator.comparing(schedule -> kind(schedule.task())));
        return due.stream()
                .filter(schedule -> !(schedule.task() instanceof BackupTask.Take)
                        || most.filter(schedule::equals).isPresent())
                .toList();
    }

    private static BackupKind kind(BackupTask task) {
        return task instanceof BackupTask.Take take ? take.kind() : BackupKind.INCREMENTAL;
    }

    /** Whether the one that waits or is worked on makes the other needless. */
    private static boolean covers(BackupTask unfinished, BackupTask wanted) {
        if (unfinished instanceof BackupTask.Take have && wanted instanceof BackupTask.Take want) {
            return have.kind().compareTo(want.kind()) >= 0;
        }
        return unfinished.equals(wanted);
    }

    private static Optional<BackupEvent.Started> next(BackupState state, Seen seen, Instant now) {
        if (state.running().isPresent()) {
            return Optional.empty();
        }
        return state.unfinished().stream()
                .filter(run -> run.notBefore().filter(now::isBefore).isEmpty())
                .findFirst()
                .flatMap(run -> best(run, seen.candidates())
                        .map(node -> new BackupEvent.Started(run.number(), run.attempt() + 1, node, now)));
    }

    /** The one with the most slack; rather another one than that on which it failed. */
    private static Optional<MemberAddress> best(BackupRun run, List<Candidate> candidates) {
        Predicate<Candidate> failedThere = candidate -> run.node().equals(Optional.of(candidate.member()));
        return candidates.stream()
                .min(Comparator.comparing((Candidate candidate) -> failedThere.test(candidate))
                        .thenComparingDouble(Candidate::load)
                        .thenComparing(Candidate::member))
                .map(Candidate::member);
    }

    /** Somebody asks for something to be done. */
    public static Step<BackupEvent, Asked> ask(BackupState state, BackupTask task, String cause, Instant now) {
        int waiting = state.unfinished().size();
        if (waiting >= WAITING_MAX) {
            return Step.of(new Asked.Full(waiting));
        }
        long number = state.lastNumber() + 1;
        return new Step<>(List.of(new BackupEvent.Queued(number, task, cause, now)), new Asked.Accepted(number));
    }

    /**
     * A node says what came of an attempt. What comes from an attempt that was given up is passed over.
     *
     * @return whether the attempt counted
     */
    public static Step<BackupEvent, Boolean> ended(
            BackupState state, long number, int attempt, RunOutcome outcome, Instant now) {
        Optional<BackupRun> worked = state.run(number).filter(run -> run.isWorkedOn(attempt));
        return worked.map(run -> switch (outcome) {
                    case RunOutcome.Broke(String problem, boolean again, Optional<Measured> measured) ->
                        new Step<>(
                                Stream.concat(
                                                Stream.of(broke(run, problem, again, now)),
                                                measured.stream().map(BackupEvent.Drilled::new))
                                        .toList(),
                                true);
                    case RunOutcome.Succeeded succeeded -> new Step<>(succeeded(state, run, succeeded, now), true);
                })
                .orElseGet(() -> Step.of(false));
    }

    /** After each backup what is no longer kept goes. */
    private static List<BackupEvent> succeeded(
            BackupState state, BackupRun run, RunOutcome.Succeeded succeeded, Instant now) {
        List<BackupEvent> events = new ArrayList<>();
        events.add(new BackupEvent.Done(run.number(), run.attempt(), succeeded.result(), now));
        succeeded.measured().map(BackupEvent.Drilled::new).ifPresent(events::add);
        if (run.task() instanceof BackupTask.Take
                && !state.policy().paused()
                && state.unfinished().stream().noneMatch(other -> other.task() instanceof BackupTask.Prune)) {
            events.add(new BackupEvent.Queued(
                    state.lastNumber() + 1, new BackupTask.Prune(), "after run " + run.number(), now));
        }
        return events;
    }

    /**
     * A person takes a run back.
     *
     * @return whether there was something to take back
     */
    public static Step<BackupEvent, Boolean> cancel(BackupState state, long number, String reason, Instant now) {
        return state.run(number)
                .filter(run -> !run.isOver())
                .map(run ->
                        new Step<BackupEvent, Boolean>(List.of(new BackupEvent.Cancelled(number, reason, now)), true))
                .orElseGet(() -> Step.of(false));
    }
}
