package io.bulwark.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StrictLevelTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

    static Stream<Arguments> algorithmsAndSeeds() {
        return Stream.of(
                        Algorithm.TOKEN_BUCKET,
                        Algorithm.LEAKY_BUCKET,
                        Algorithm.SLIDING_WINDOW,
                        Algorithm.FIXED_WINDOW)
                .flatMap(algorithm -> IntStream.range(0, 60).mapToObj(seed -> Arguments.of(algorithm, seed)));
    }

    /** A strict limit with its journal: what a loss brings back is the last level that was journalled. */
    private static final class Owner {
        private final SplittableRandom random;
        private final LimitPolicy policy;
        private final Limiter limiter;
        private final Admissions admissions = new Admissions();
        private Level journal;
        private StrictLevel level;
        private Instant now = NOW;
        private int events;

        private Owner(LimitPolicy policy, SplittableRandom random) {
            this.policy = policy;
            this.random = random;
            limiter = Limiter.of(policy);
            level = StrictLevel.fresh(limiter, now);
            journal = level.reserved();
        }

        private void acquire(long cost) {
            StrictLevel.Outcome outcome = level.acquire(limiter, cost, now);
            Decision soft = limiter.acquire(level.exact(), cost, now);
            assertThat(outcome.decision()).isEqualTo(soft);
            become(outcome.next(), outcome.toJournal());
            if (outcome.decision().allowed() && cost > 0) {
                admissions.spent(now, cost);
            }
        }

        private void become(StrictLevel next, Optional<Level> toJournal) {
            toJournal.ifPresent(reserved -> {
                journal = reserved;
                events++;
            });
            level = next;
            assertThat(journal).isEqualTo(level.reserved());
            assertThat(limiter.covers(journal, level.exact(), now)).isTrue();
        }

        private void lose() {
            level = StrictLevel.restored(journal);
        }

        private long remaining(Level of, Instant then) {
            return limiter.acquire(of, 0, then).remaining();
        }

        /** Now and later, the journalled level has at most so much less left than the exact one, and never more. */
        private void assertLossCostsAtMost(long most) {
            for (long ahead : new long[] {
                0, 1, 1_000, policy.per().toNanos() / 32, policy.per().toNanos()
            }) {
                Instant then = now.plusNanos(ahead);
                long exact = remaining(level.exact(), then);
                assertThat(remaining(journal, then)).isBetween(exact - most, exact);
            }
        }

        private void pass() {
            now = now.plusNanos(Policies.magnitude(random, 1, policy.per().toNanos()));
        }

        private long cost() {
            return Policies.magnitude(random, 1, policy.capacity());
        }

        private void assertPromiseKept() {
            switch (policy.algorithm()) {
                case TOKEN_BUCKET, LEAKY_BUCKET ->
                    admissions.assertAtMostInAnyStretch(policy.capacity(), policy.refill(), policy.per());
                case SLIDING_WINDOW -> admissions.assertAtMostInAnyWindow(policy.capacity(), policy.per());
                case FIXED_WINDOW -> admissions.assertAtMostInEachAlignedWindow(policy.capacity(), policy.per());
                case CONCURRENCY -> throw new AssertionError("concurrency is never strict");
            }
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("algorithmsAndSeeds")
    void losses_neverOverAdmit(Algorithm algorithm, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Owner owner = new Owner(Policies.random(algorithm, random), random);
        for (int i = 0; i < 150; i++) {
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> owner.acquire(owner.cost());
                case 3 -> owner.acquire(Math.max(1, owner.policy.capacity() / 50));
                case 4 -> owner.pass();
                case 5 -> owner.lose();
                default -> throw new AssertionError("nextInt(6) is below 6");
            }
        }
        owner.assertPromiseKept();
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("algorithmsAndSeeds")
    void loss_costsOneBlockAtMost(Algorithm algorithm, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Owner owner = new Owner(Policies.random(algorithm, random), random);
        long block = StrictLevel.block(owner.limiter);
        for (int i = 0; i < 150; i++) {
            owner.acquire(random.nextBoolean() ? 1 : owner.cost());
            owner.assertLossCostsAtMost(block);
            if (random.nextInt(3) == 0) {
                owner.pass();
            }
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("algorithmsAndSeeds")
    void lossAfterRefundsAndCharges_costsTwoBlocksAtMostAndNeverOverAdmits(Algorithm algorithm, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Owner owner = new Owner(Policies.everyday(algorithm, random), random);
        long block = StrictLevel.block(owner.limiter);
        for (int i = 0; i < 150; i++) {
            long cost = owner.cost();
            owner.acquire(cost);
            StrictLevel.Change change = random.nextBoolean()
                    ? owner.level.refund(owner.limiter, random.nextLong(cost + 1), owner.now, owner.now)
                    : owner.level.charge(owner.limiter, random.nextLong(cost + 1), owner.now);
            owner.become(change.next(), change.toJournal());
            owner.assertLossCostsAtMost(2 * block);
            if (random.nextInt(3) == 0) {
                owner.pass();
            }
        }
    }

    /** Blocks are what makes strict limits cheap: one event for a block's worth of calls, not one for each call. */
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("algorithmsAndSeeds")
    void journal_isToldOncePerBlock(Algorithm algorithm, int seed) {
        LimitPolicy policy = Policies.policy(algorithm, 100_000, 100_000, Duration.ofDays(1));
        Owner owner = new Owner(policy, new SplittableRandom(seed));
        for (int i = 0; i < 10_010; i++) {
            owner.acquire(1);
        }
        assertThat(owner.events).isEqualTo(10);
    }

    @Test
    void block_isATwentiethOfTheCapacityWithinBounds() {
        assertThat(block(1)).isEqualTo(1);
        assertThat(block(39)).isEqualTo(1);
        assertThat(block(400)).isEqualTo(20);
        assertThat(block(LimitPolicy.CAPACITY_MAX)).isEqualTo(1_000);
    }

    private static long block(long capacity) {
        return StrictLevel.block(
                Limiter.of(Policies.policy(Algorithm.TOKEN_BUCKET, capacity, 1, Duration.ofSeconds(1))));
    }

    @Test
    void acquire_refusedOrCostZero_isNotJournalled() {
        Limiter limiter = Limiter.of(Policies.policy(Algorithm.SLIDING_WINDOW, 5, 5, Duration.ofSeconds(1)));
        StrictLevel fresh = StrictLevel.fresh(limiter, NOW);
        assertThat(fresh.acquire(limiter, 0, NOW).toJournal()).isEmpty();
        assertThat(fresh.acquire(limiter, 6, NOW).toJournal()).isEmpty();
        assertThat(fresh.acquire(limiter, 6, NOW).next()).isEqualTo(fresh);
        assertThat(fresh.acquire(limiter, 5, NOW).toJournal()).isPresent();
    }

    /** A block that was reserved in one slot leaves the window with that slot, and is of no use to the next. */
    @Test
    void blockOfAWindow_isGoodOnlyWithinItsSlot() {
        Limiter limiter = Limiter.of(Policies.policy(Algorithm.SLIDING_WINDOW, 1_000, 1_000, Duration.ofSeconds(32)));
        Instant slot = Instant.ofEpochSecond(1_000);
        StrictLevel level =
                StrictLevel.fresh(limiter, slot).acquire(limiter, 1, slot).next();
        assertThat(level.acquire(limiter, 1, slot.plusMillis(999)).toJournal()).isEmpty();
        assertThat(level.acquire(limiter, 1, slot.plusMillis(1_000)).toJournal())
                .isPresent();
    }
}
