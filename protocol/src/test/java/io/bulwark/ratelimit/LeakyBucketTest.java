package io.bulwark.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LeakyBucketTest {
    private record Work(Instant start, long cost) {}

    static IntStream seeds() {
        return IntStream.range(0, 120);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void startsAreApartAndNoMoreThanTheCapacityWaits(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Caller caller = new Caller(drainedWithinDecades(random), random);
        List<Work> queue = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            if (random.nextInt(3) == 0) {
                caller.pass(random.nextLong(caller.policy.per().toNanos()));
            }
            long cost = caller.cost();
            Decision decision = caller.acquire(cost);
            if (decision.allowed()) {
                queue.add(new Work(caller.now.plus(decision.delay()), cost));
                assertThat(waiting(queue, caller.now)).isLessThanOrEqualTo(caller.policy.capacity());
            }
        }
        assertApart(queue, caller.policy);
    }

    /** A queue that takes centuries to drain answers with delays that are cut at 292 years. */
    private static LimitPolicy drainedWithinDecades(SplittableRandom random) {
        while (true) {
            LimitPolicy policy = Policies.random(Algorithm.LEAKY_BUCKET, random);
            double seconds =
                    (double) policy.capacity() / policy.refill() * policy.per().toSeconds();
            if (seconds < Duration.ofDays(50 * 365).toSeconds()) {
                return policy;
            }
        }
    }

    private static long waiting(List<Work> queue, Instant now) {
        return queue.stream()
                .filter(work -> work.start().isAfter(now))
                .mapToLong(Work::cost)
                .sum();
    }

    private static void assertApart(List<Work> queue, LimitPolicy policy) {
        BigInteger per = BigInteger.valueOf(policy.per().toNanos());
        BigInteger refill = BigInteger.valueOf(policy.refill());
        long tick = Rate.of(policy).tickNanos();
        for (int i = 1; i < queue.size(); i++) {
            Work before = queue.get(i - 1);
            Duration apart = Duration.between(before.start(), queue.get(i).start());
            BigInteger least = BigInteger.valueOf(before.cost()).multiply(per).divide(refill);
            assertThat(BigInteger.valueOf(apart.toNanos()))
                    .as("from start %d to the next", i - 1)
                    .isGreaterThanOrEqualTo(least.subtract(BigInteger.valueOf(tick)));
        }
    }

    /** It wastes nothing either, beyond the nanosecond that each wait is rounded up by. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void queueThatIsRefilledAtOnce_drainsAtFullRate(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        LimitPolicy policy = Policies.everyday(Algorithm.LEAKY_BUCKET, random);
        Caller caller = new Caller(policy, random);
        Instant first = caller.now;
        for (int i = 0; i < 100; i++) {
            caller.acquirePatiently(1);
        }
        Duration wait = caller.limiter.acquire(caller.level, 0, caller.now).resetAfter();
        BigInteger drained = BigInteger.valueOf(
                Duration.between(first, caller.now.plus(wait)).toNanos());
        BigInteger all =
                BigInteger.valueOf(100).multiply(BigInteger.valueOf(policy.per().toNanos()));
        BigInteger least = all.divide(BigInteger.valueOf(policy.refill()));
        assertThat(drained).isBetween(least, least.add(BigInteger.valueOf(100)));
    }
}
