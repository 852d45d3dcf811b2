package io.bulwark.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.backup.BackupPlanner.Candidate;
import io.bulwark.backup.BackupPlanner.Order;
import io.bulwark.backup.BackupPlanner.Seen;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.grammar.Name;
import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An hour of a coordinator over nodes that die, forget, speak late and fail: what must never be, and what must come. */
class BackupHistoryTest {
    private static final int NODES = 3;
    private static final int STEPS = 2_000;
    private static final Duration STEP = Duration.ofSeconds(2);

    static Stream<Long> seeds() {
        return Stream.iterate(1L, seed -> seed + 1).limit(15);
    }

    private record Attempt(Order order, int node, Instant until) {}

    /** What a node has to say, and when it is heard. */
    private record Said(Attempt attempt, RunOutcome outcome, Instant at) {}

    private final Map<Integer, Attempt> working = new HashMap<>();
    private final List<Said> underWay = new ArrayList<>();
    private final Set<String> given = new HashSet<>();
    private final Map<Long, Instant> heard = new HashMap<>();
    private BackupState state = BackupState.EMPTY;
    private Instant now = Instant.parse("2026-11-27T00:00:00Z");

    private static MemberAddress address(int node) {
        return new MemberAddress("127.0.0." + (node + 1), 25_520);
    }

    private void apply(List<BackupEvent> events) {
        for (BackupEvent event : events) {
            state = state.apply(event);
            assertThat(state.runs().stream().filter(run -> run.state() == BackupRun.State.RUNNING))
                    .as("no two runs at a time, after %s", event)
                    .hasSizeLessThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void oneRunAtATime_eachAttemptGivenOnce_andEveryRunEnds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        apply(List.of(new BackupEvent.PolicyPut(1, policy(false), now)));
        for (int step = 0; step < STEPS; step++) {
            now = now.plus(STEP);
            if (random.nextInt(400) == 0) {
                apply(BackupPlanner.ask(state, BackupTask.Take.of(BackupKind.FULL, ""), "", now)
                        .events());
            }
            if (random.nextInt(900) == 0 && state.lastNumber() > 0) {
                apply(BackupPlanner.cancel(state, random.nextLong(1, state.lastNumber() + 1), "", now)
                        .events());
            }
            nodes(random);
            coordinator(random.nextInt(50) == 0);
        }
        quiet();
        assertThat(state.unfinished())
                .as("all ends when nothing disturbs any more")
                .isEmpty();
        assertThat(state.runs().stream().filter(run -> run.state() == BackupRun.State.FAILED))
                .allSatisfy(run -> assertThat(run.attempt()).isEqualTo(BackupPlanner.ATTEMPTS_MAX));
        assertThat(state.lastNumber()).as("schedules and wishes came").isGreaterThan(3);
    }

    private void nodes(SplittableRandom random) {
        if (random.nextInt(100) == 0) {
            working.remove(random.nextInt(NODES));
        }
        for (Attempt attempt : List.copyOf(working.values())) {
            if (now.isAfter(attempt.until())) {
                working.remove(attempt.node());
                RunOutcome outcome = random.nextInt(4) == 0
                        ? new RunOutcome.Broke("by chance", true)
                        : new RunOutcome.Succeeded("done", Optional.empty());
                underWay.add(new Said(attempt, outcome, now.plusSeconds(random.nextInt(90))));
            } else if (random.nextInt(3) > 0) {
                heard.put(attempt.order().number(), now);
            }
        }
        for (Said said : List.copyOf(underWay)) {
            if (!said.at().isAfter(now)) {
                underWay.remove(said);
                Order order = said.attempt().order();
                apply(BackupPlanner.ended(state, order.number(), order.attempt(), said.outcome(), now)
                        .events());
            }
        }
    }

    private void coordinator(boolean moves) {
        if (moves) {
            // The new one has heard nothing yet, and waits from now on.
            heard.clear();
            state.running().ifPresent(run -> heard.put(run.number(), now));
        }
        List<Candidate> candidates = IntStream.range(0, NODES)
                .filter(node -> !working.containsKey(node))
                .mapToObj(node -> new Candidate(address(node), node / 10.0))
                .toList();
        Step<BackupEvent, Optional<Order>> step = BackupPlanner.look(state, new Seen(candidates, heard), now);
        apply(step.events());
        step.verdict().ifPresent(order -> {
            assertThat(given.add(order.number() + "/" + order.attempt()))
                    .as("attempt %s of run %s is given once", order.attempt(), order.number())
                    .isTrue();
            heard.put(order.number(), now);
            int node = IntStream.range(0, NODES)
                    .filter(each -> address(each).equals(order.node()))
                    .findFirst()
                    .orElseThrow();
            working.put(node, new Attempt(order, node, now.plusSeconds(20 + order.number() % 60)));
        });
    }

    private static BackupPolicy policy(boolean paused) {
        return new BackupPolicy(
                List.of(new BackupSchedule(new Name("often"), BackupSchedule.Work.INCREMENTAL, "*/20 * * * *", "UTC")),
                Retention.DEFAULT,
                Objectives.DEFAULT,
                ArchiveMode.OFF,
                0,
                paused);
    }

    /** An hour without troubles, in which schedules are paused. */
    private void quiet() {
        apply(List.of(new BackupEvent.PolicyPut(2, policy(true), now)));
        for (int step = 0; step < STEPS; step++) {
            now = now.plus(STEP);
            for (Attempt attempt : List.copyOf(working.values())) {
                heard.put(attempt.order().number(), now);
                if (now.isAfter(attempt.until())) {
                    working.remove(attempt.node());
                    apply(BackupPlanner.ended(
                                    state,
                                    attempt.order().number(),
                                    attempt.order().attempt(),
                                    new RunOutcome.Succeeded("done", Optional.empty()),
                                    now)
                            .events());
                }
            }
            coordinator(false);
        }
    }
}
