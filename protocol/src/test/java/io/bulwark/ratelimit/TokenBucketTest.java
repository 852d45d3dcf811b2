package io.bulwark.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {
    static IntStream seeds() {
        return IntStream.range(0, 120);
    }

    /** Over the whole range of policies, ticks coarser than 1 ns included, and clocks that go backwards. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void admitsAtMostItsPromiseInAnyStretch(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Caller caller = new Caller(Policies.random(Algorithm.TOKEN_BUCKET, random), random);
        for (int i = 0; i < 150; i++) {
            caller.step();
        }
        LimitPolicy policy = caller.policy;
        caller.admissions.assertAtMostInAnyStretch(policy.capacity(), policy.refill(), policy.per());
    }

    /** What is given back counts as spent when it was spent, and as given back when it was given back. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void admitsAtMostItsPromise_whenWorkIsRefunded(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Caller caller = new Caller(Policies.everyday(Algorithm.TOKEN_BUCKET, random), random);
        for (int i = 0; i < 150; i++) {
            caller.step();
            if (random.nextInt(3) == 0) {
                long cost = caller.cost();
                caller.level = caller.limiter.refund(caller.level, cost, caller.now, caller.now);
                caller.admissions.spent(caller.now, -cost);
            }
        }
        LimitPolicy policy = caller.policy;
        caller.admissions.assertAtMostInAnyStretch(policy.capacity(), policy.refill(), policy.per());
    }

    /** Against a bucket kept as a fraction of unbounded integers: where the tick is 1 ns, every answer is the same. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithExactFractions(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        LimitPolicy policy = Policies.everyday(Algorithm.TOKEN_BUCKET, random);
        Limiter limiter = Limiter.of(policy);
        Instant now = Instant.parse("2026-11-21T00:00:00Z");
        Level level = limiter.fresh(now);
        Fraction fraction = new Fraction(policy, now);
        for (int i = 0; i < 400; i++) {
            now = now.plusNanos(
                    random.nextLong(policy.per().toNanos() / 2) - policy.per().toNanos() / 8);
            long cost = random.nextLong(1, policy.capacity() + 2);
            Decision decision = limiter.acquire(level, cost, now);
            assertThat(decision.allowed()).isEqualTo(fraction.acquire(cost, now));
            level = decision.level();
            if (random.nextInt(5) == 0) {
                level = limiter.refund(level, cost, now, now);
                fraction.refund(cost, now);
            }
        }
    }

    private static final class Fraction {
        private final LimitPolicy policy;
        private final BigInteger per;
        private final BigInteger full;
        private BigInteger credit;
        private Instant at;

        Fraction(LimitPolicy policy, Instant now) {
            this.policy = policy;
            per = BigInteger.valueOf(policy.per().toNanos());
            full = BigInteger.valueOf(policy.capacity()).multiply(per);
            credit = full;
            at = now;
        }

        boolean acquire(long cost, Instant now) {
            BigInteger then = creditAt(now);
            BigInteger left = then.subtract(BigInteger.valueOf(cost).multiply(per));
            if (left.signum() < 0) {
                return false;
            }
            set(left, now);
            return true;
        }

        void refund(long cost, Instant now) {
            set(creditAt(now).add(BigInteger.valueOf(cost).multiply(per)).min(full), now);
        }

        private BigInteger creditAt(Instant now) {
            long elapsed = Math.max(0, Duration.between(at, now).toNanos());
            return credit.add(BigInteger.valueOf(elapsed).multiply(BigInteger.valueOf(policy.refill())))
                    .min(full);
        }

        private void set(BigInteger next, Instant now) {
            credit = next;
            at = now.isAfter(at) ? now : at;
        }
    }

    @Test
    void perThatIsNoMultipleOfTheTick_isRoundedUp() {
        Duration per = Duration.ofDays(300).plusNanos(1);
        Rate rate = Rate.of(Policies.policy(Algorithm.TOKEN_BUCKET, LimitPolicy.CAPACITY_MAX, 999_999_999_989L, per));
        assertThat(rate.tickNanos()).isEqualTo(10_000_000_000L);
        assertThat(rate.unit()).isEqualTo(300 * 8_640 + 1);
        assertThat(rate.accrual()).isEqualTo(999_999_999_989L);
    }

    @Test
    void everydayRate_countsInNanoseconds() {
        Rate rate = Rate.of(Policies.policy(Algorithm.TOKEN_BUCKET, 100, 50, Duration.ofSeconds(1)));
        assertThat(rate).isEqualTo(new Rate(100, 1, 20_000_000, 1));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void rateOfAnyPolicy_fitsAndIsNeverFasterThanAsked(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 100; i++) {
            LimitPolicy policy = Policies.any(Algorithm.TOKEN_BUCKET, random);
            Rate rate = Rate.of(policy);
            BigInteger full = BigInteger.valueOf(rate.capacity()).multiply(BigInteger.valueOf(rate.unit()));
            assertThat(full.bitLength()).isLessThanOrEqualTo(62);
            BigInteger asked = BigInteger.valueOf(policy.refill())
                    .multiply(BigInteger.valueOf(rate.unit()))
                    .multiply(BigInteger.valueOf(rate.tickNanos()));
            BigInteger given = BigInteger.valueOf(rate.accrual())
                    .multiply(BigInteger.valueOf(policy.per().toNanos()));
            assertThat(given).isLessThanOrEqualTo(asked);
            assertThat(rate.tickNanos() == 1
                            || rate.accrual()
                                    < full.divide(BigInteger.valueOf(4_000)).longValueExact())
                    .as("%s brings less than a four-thousandth in a tick", rate)
                    .isTrue();
        }
    }

    /** A limit on bytes for a year: a tick of a second or more, and still the promise holds inside a tick. */
    @ParameterizedTest
    @ValueSource(longs = {1, 500_000_000, 999_999_999})
    void burstInsideATick_bringsNothingOnTop(long nanosIntoTheTick) {
        LimitPolicy policy = Policies.policy(
                Algorithm.TOKEN_BUCKET, LimitPolicy.CAPACITY_MAX, 999_999_999_989L, Duration.ofDays(366));
        Limiter limiter = Limiter.of(policy);
        Instant now = Instant.ofEpochSecond(1_800_000_000, nanosIntoTheTick);
        Level spent =
                limiter.acquire(limiter.fresh(now), policy.capacity(), now).level();
        Decision next = limiter.acquire(spent, 1, now);
        assertThat(next.retryAfter()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(20));
    }
}
