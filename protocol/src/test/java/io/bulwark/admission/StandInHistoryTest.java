package io.bulwark.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand;
import io.bulwark.ratelimit.Admissions;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import io.bulwark.tenant.TenantDirectory.LastKnown;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Random calls to the stand-ins of several nodes: what they admit together, held against the promise of one limiter. */
class StandInHistoryTest {
    private static final int CALLS = 400;
    private static final Duration PER = Duration.ofSeconds(1);

    static Stream<Arguments> seeds() {
        return Stream.of(Algorithm.values())
                .flatMap(algorithm -> IntStream.range(0, 12).mapToObj(seed -> Arguments.of(algorithm, (long) seed)));
    }

    /** One history: its nodes, its limit, and the time. */
    private static final class History {
        final SplittableRandom random;
        final LimitPolicy limit;
        final int members;
        final List<StandIn> nodes;
        final Admissions admitted = new Admissions();
        Instant now = Instant.parse("2026-01-01T00:00:00Z");

        History(Algorithm algorithm, long seed) {
            random = new SplittableRandom(seed);
            members = random.nextInt(1, 6);
            limit = new LimitPolicy(
                    new Name("requests"),
                    algorithm,
                    random.nextInt(1, 25),
                    random.nextInt(1, 25),
                    PER,
                    Durability.SOFT,
                    Mode.ENFORCE);
            LastKnown known = new LastKnown(3, GuardRig.policy(limit));
            nodes = IntStream.range(0, members)
                    .mapToObj(node -> new StandIn(known, members, 1L << 40, now))
                    .toList();
        }

        StandIn anyNode() {
            return nodes.get(random.nextInt(members));
        }

        Optional<Admission.Admitted> call(StandIn node) {
            var call = new GuardCommand.Admit(
                    GuardRig.nobody(), GuardRig.PAYMENTS, Optional.empty(), Duration.ofHours(1), Duration.ZERO, true);
            Admission answer = ((Admitting.Answered) node.admit(call, now)).reply();
            return answer instanceof Admission.Admitted admission ? Optional.of(admission) : Optional.empty();
        }

        void passSomeTime() {
            // Mostly bursts, now and then a pause in which limits fill again.
            now = now.plusNanos(random.nextInt(10) == 0 ? random.nextLong(PER.toNanos()) : random.nextLong(3_000_000));
        }

        long together() {
            return Math.max(limit.capacity(), members);
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("seeds")
    void standIns_together_neverAdmitMoreThanTheyPromise(Algorithm algorithm, long seed) {
        History history = new History(algorithm, seed);
        if (algorithm == Algorithm.CONCURRENCY) {
            assertThat(mostAtTheSameTime(history)).isBetween(1, (int) history.together());
            return;
        }
        for (int i = 0; i < CALLS; i++) {
            history.passSomeTime();
            // A leaky bucket promises when the work starts, which is after its delay.
            history.call(history.anyNode()).ifPresent(call -> history.admitted.spent(history.now, 1));
        }

        assertThat(history.admitted.size()).as("something is admitted").isPositive();
        switch (algorithm) {
            case TOKEN_BUCKET, LEAKY_BUCKET ->
                history.admitted.assertAtMostInAnyStretch(history.together(), history.limit.refill(), PER);
            case SLIDING_WINDOW -> history.admitted.assertAtMostInAnyWindow(history.together(), PER);
            case FIXED_WINDOW -> history.admitted.assertAtMostInEachAlignedWindow(history.together(), PER);
            case CONCURRENCY -> throw new AssertionError("is looked at by itself");
        }
    }

    private static int mostAtTheSameTime(History history) {
        record Held(StandIn node, String permit) {}
        List<Held> held = new ArrayList<>();
        int most = 0;
        for (int i = 0; i < CALLS; i++) {
            history.passSomeTime();
            if (!held.isEmpty() && history.random.nextInt(3) == 0) {
                Held ended = held.remove(history.random.nextInt(held.size()));
                ended.node().settle(ended.permit(), Outcome.SUCCESS, Duration.ZERO, history.now);
            } else {
                StandIn node = history.anyNode();
                history.call(node).ifPresent(call -> held.add(new Held(node, call.permit())));
            }
            most = Math.max(most, held.size());
        }
        return most;
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("seeds")
    void standIns_afterTimeWithoutCalls_admitTheirWholeShareAgain(Algorithm algorithm, long seed) {
        History history = new History(algorithm, seed);
        for (int i = 0; i < CALLS; i++) {
            history.passSomeTime();
            StandIn node = history.anyNode();
            history.call(node)
                    .ifPresent(call -> node.settle(call.permit(), Outcome.SUCCESS, Duration.ZERO, history.now));
        }
        history.now = history.now.plus(PER.multipliedBy(100L * history.members));

        long share = Math.max(1, history.limit.capacity() / history.members);
        for (StandIn node : history.nodes) {
            long again = Stream.generate(() -> history.call(node))
                    .limit(history.limit.capacity() + 1)
                    .filter(Optional::isPresent)
                    .count();
            // What a bucket gets back while it is emptied is nothing: no time passes meanwhile.
            assertThat(again).isEqualTo(share);
        }
    }
}
