package io.bulwark.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every algorithm owes its callers. */
class LimiterTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00.000000001Z");
    private static final Duration CENTURIES = Duration.ofDays(230 * 365);

    static Stream<Arguments> ratesAndSeeds() {
        return Stream.of(
                        Algorithm.TOKEN_BUCKET,
                        Algorithm.LEAKY_BUCKET,
                        Algorithm.SLIDING_WINDOW,
                        Algorithm.FIXED_WINDOW)
                .flatMap(algorithm -> IntStream.range(0, 40).mapToObj(seed -> Arguments.of(algorithm, seed)));
    }

    /** The caller checks every answer: patience is rewarded exactly, looking is free, a refusal spends nothing. */
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("ratesAndSeeds")
    void answersHoldOverRandomHistories(Algorithm algorithm, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Caller caller = new Caller(Policies.random(algorithm, random), random);
        for (int i = 0; i < 200; i++) {
            caller.step();
        }
        assertThat(caller.admissions.size()).isPositive();
    }

    /** What was overspent is waited for, and no longer than a whole capacity takes to come back. */
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("ratesAndSeeds")
    void patienceIsRewardedAfterOverspendingAndRefunds(Algorithm algorithm, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Caller caller = new Caller(Policies.everyday(algorithm, random), random);
        for (int i = 0; i < 200; i++) {
            long cost = random.nextLong(3 * caller.policy.capacity());
            switch (random.nextInt(4)) {
                case 0 -> caller.level = caller.limiter.charge(caller.level, cost, caller.now);
                case 1 -> caller.level = caller.limiter.refund(caller.level, cost, caller.now, caller.now);
                case 2 -> caller.acquirePatiently(caller.cost());
                case 3 -> caller.peek();
                default -> throw new AssertionError("nextInt(4) is below 4");
            }
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("ratesAndSeeds")
    void charge_withoutBound_isForgottenBeyondOneCapacityOfDebt(Algorithm algorithm, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        LimitPolicy policy = Policies.random(algorithm, random);
        Limiter limiter = Limiter.of(policy);
        Level deep = limiter.charge(limiter.fresh(NOW), LimitPolicy.CAPACITY_MAX, NOW);
        deep = limiter.charge(deep, LimitPolicy.CAPACITY_MAX, NOW);
        Level twice = limiter.charge(limiter.fresh(NOW), policy.capacity(), NOW);
        twice = limiter.charge(twice, policy.capacity(), NOW);
        assertThat(deep).isEqualTo(twice);
        assertThat(limiter.acquire(deep, 0, NOW).remaining()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void acquire_fresh_admitsExactlyTheCapacity(Algorithm algorithm) {
        Limiter limiter = Limiter.of(Policies.policy(algorithm, 7, 3, Duration.ofSeconds(1)));
        Decision whole = limiter.acquire(limiter.fresh(NOW), 7, NOW);
        assertThat(whole.allowed()).isTrue();
        assertThat(whole.remaining()).isEqualTo(algorithm == Algorithm.CONCURRENCY ? 7 : 0);
        assertThat(limiter.acquire(limiter.fresh(NOW), 8, NOW).allowed()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(value = Algorithm.class, mode = EnumSource.Mode.EXCLUDE, names = "CONCURRENCY")
    void acquire_oneByOne_admitsExactlyTheCapacity(Algorithm algorithm) {
        Limiter limiter = Limiter.of(Policies.policy(algorithm, 7, 3, Duration.ofSeconds(1)));
        Level level = limiter.fresh(NOW);
        for (int i = 6; i >= 0; i--) {
            Decision decision = limiter.acquire(level, 1, NOW);
            assertThat(decision.allowed()).isTrue();
            assertThat(decision.remaining()).isEqualTo(i);
            level = decision.level();
        }
        assertThat(limiter.acquire(level, 1, NOW).allowed()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void acquire_costZero_isAllowedEvenWhenNothingIsLeft(Algorithm algorithm) {
        Limiter limiter = Limiter.of(Policies.policy(algorithm, 2, 2, Duration.ofSeconds(1)));
        Level spent = limiter.charge(limiter.fresh(NOW), 4, NOW);
        assertThat(limiter.acquire(spent, 0, NOW).allowed()).isTrue();
        assertThat(limiter.acquire(spent, 0, NOW).level()).isEqualTo(spent);
    }

    @ParameterizedTest
    @EnumSource(value = Algorithm.class, mode = EnumSource.Mode.EXCLUDE, names = "CONCURRENCY")
    void acquire_costAboveCapacity_isRefusedUntilFreshWhichIsNotEnough(Algorithm algorithm) {
        Limiter limiter = Limiter.of(Policies.policy(algorithm, 2, 2, Duration.ofSeconds(1)));
        Level spent = limiter.acquire(limiter.fresh(NOW), 2, NOW).level();
        Decision refused = limiter.acquire(spent, 3, NOW);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.retryAfter()).isPositive().isEqualTo(refused.resetAfter());
        Decision again = limiter.acquire(spent, 3, NOW.plus(refused.retryAfter()));
        assertThat(again.allowed()).isFalse();
        assertThat(again.retryAfter()).isZero();
    }

    @ParameterizedTest
    @EnumSource(value = Algorithm.class, mode = EnumSource.Mode.EXCLUDE, names = "CONCURRENCY")
    void refund_moreThanWasSpent_isNoMoreThanFresh(Algorithm algorithm) {
        Limiter limiter = Limiter.of(Policies.policy(algorithm, 5, 5, Duration.ofSeconds(1)));
        Level spent = limiter.acquire(limiter.fresh(NOW), 3, NOW).level();
        Level refunded = limiter.refund(spent, LimitPolicy.CAPACITY_MAX, NOW, NOW);
        assertThat(limiter.acquire(refunded, 0, NOW).remaining()).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource(value = Algorithm.class, mode = EnumSource.Mode.EXCLUDE, names = "CONCURRENCY")
    void refund_part_comesBack(Algorithm algorithm) {
        Limiter limiter = Limiter.of(Policies.policy(algorithm, 5, 5, Duration.ofSeconds(1)));
        Level spent = limiter.acquire(limiter.fresh(NOW), 5, NOW).level();
        Level refunded = limiter.refund(spent, 2, NOW, NOW);
        assertThat(limiter.acquire(refunded, 2, NOW).allowed()).isTrue();
        assertThat(limiter.acquire(refunded, 3, NOW).allowed()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void acquire_costOutOfRange_isRefusedByName(Algorithm algorithm) {
        Limiter limiter = Limiter.of(Policies.policy(algorithm, 5, 5, Duration.ofSeconds(1)));
        for (long cost : List.of(-1L, LimitPolicy.CAPACITY_MAX + 1)) {
            assertThatThrownBy(() -> limiter.acquire(limiter.fresh(NOW), cost, NOW))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cost is %d: expected 0 to 1000000000000", cost);
        }
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void acquire_levelOfAnotherAlgorithm_isRefused(Algorithm algorithm) {
        Limiter limiter = Limiter.of(Policies.policy(algorithm, 5, 5, Duration.ofSeconds(1)));
        Level strange = algorithm == Algorithm.CONCURRENCY
                ? new Level.Bucket(1, 1)
                : new Level.Leases(List.of(new Level.Lease(1, 1, 1)));
        assertThatThrownBy(() -> limiter.acquire(strange, 1, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    /** The largest and the smallest of everything: no overflow, now or in two centuries. */
    @ParameterizedTest
    @EnumSource(value = Algorithm.class, mode = EnumSource.Mode.EXCLUDE, names = "CONCURRENCY")
    void acquire_atTheEdgesOfTheRange_staysExact(Algorithm algorithm) {
        for (long capacity : List.of(1L, 999_999_999_989L, LimitPolicy.CAPACITY_MAX)) {
            for (long refill : List.of(1L, 999_999_999_989L, LimitPolicy.CAPACITY_MAX)) {
                for (Duration per : List.of(
                        Duration.ofMillis(1), Duration.ofDays(366), Duration.ofNanos(31_622_399_999_999_999L))) {
                    checkEdges(Limiter.of(Policies.policy(algorithm, capacity, refill, per)), capacity);
                }
            }
        }
    }

    private static void checkEdges(Limiter limiter, long capacity) {
        Level spent = limiter.acquire(limiter.fresh(NOW), capacity, NOW).level();
        assertThat(limiter.acquire(spent, 1, NOW).allowed()).isFalse();
        Decision whole = limiter.acquire(spent, capacity, NOW);
        assertThat(whole.retryAfter()).isPositive();
        if (whole.retryAfter().compareTo(CENTURIES) < 0) {
            Instant then = NOW.plus(whole.retryAfter());
            assertThat(limiter.acquire(spent, capacity, then).allowed()).isTrue();
            assertThat(limiter.acquire(spent, capacity, then.minusNanos(1)).allowed())
                    .isFalse();
        }
        Level debt = limiter.charge(spent, LimitPolicy.CAPACITY_MAX, NOW);
        assertThat(limiter.acquire(debt, 1, NOW).retryAfter()).isPositive();
        assertThat(limiter.acquire(debt, 0, NOW.plus(CENTURIES)).remaining()).isBetween(0L, capacity);
        assertThat(limiter.acquire(debt, 0, Instant.MAX).remaining()).isBetween(0L, capacity);
        assertThat(limiter.acquire(debt, 0, Instant.MIN).remaining()).isZero();
        assertThat(limiter.acquire(limiter.fresh(Instant.MIN), capacity, Instant.MAX)
                        .allowed())
                .isTrue();
    }

    /** A soft limit whose owner is lost starts fresh: one burst more, and no more than one. */
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("ratesAndSeeds")
    void softLimit_lostOnce_admitsOneBurstMoreAtMost(Algorithm algorithm, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Caller caller = new Caller(Policies.random(algorithm, random), random);
        caller.clockGoesBack = false;
        int lossAt = random.nextInt(120);
        for (int i = 0; i < 120; i++) {
            caller.step();
            caller.level = i == lossAt ? caller.limiter.fresh(caller.now) : caller.level;
        }
        LimitPolicy policy = caller.policy;
        switch (algorithm) {
            case TOKEN_BUCKET, LEAKY_BUCKET ->
                caller.admissions.assertAtMostInAnyStretch(2 * policy.capacity(), policy.refill(), policy.per());
            case SLIDING_WINDOW -> caller.admissions.assertAtMostInAnyWindow(2 * policy.capacity(), policy.per());
            case FIXED_WINDOW -> caller.admissions.assertAtMostInEachAlignedWindow(2 * policy.capacity(), policy.per());
            case CONCURRENCY -> throw new AssertionError("not among the algorithms of this test");
        }
    }
}
