package io.bulwark.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SlidingWindowTest {
    static IntStream seeds() {
        return IntStream.range(0, 120);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void admitsAtMostTheCapacityInAnyWindow(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Caller caller = new Caller(Policies.random(Algorithm.SLIDING_WINDOW, random), random);
        caller.clockGoesBack = false;
        for (int i = 0; i < 200; i++) {
            caller.step();
            refundSometimes(caller);
            assertThat(Level.Window.of(caller.level).slots()).hasSizeLessThanOrEqualTo(2 * SlidingWindow.SLOTS + 2);
        }
        caller.admissions.assertAtMostInAnyWindow(caller.policy.capacity(), caller.policy.per());
    }

    private static void refundSometimes(Caller caller) {
        if (caller.random.nextInt(4) == 0 && caller.admissions.size() > 0) {
            int index = caller.random.nextInt(caller.admissions.size());
            long cost = caller.random.nextLong(caller.admissions.cost(index) + 1);
            caller.level = caller.limiter.refund(caller.level, cost, caller.admissions.time(index), caller.now);
            caller.admissions.takeBack(index, cost);
        }
    }

    /** Refused only when the window, lengthened by one slot, has no room. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void refusesNothingThatFitsWithASlotToSpare(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Caller caller = new Caller(Policies.random(Algorithm.SLIDING_WINDOW, random), random);
        Duration longer =
                caller.policy.per().plusNanos(Math.ceilDiv(caller.policy.per().toNanos(), 32));
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            caller.pass(random.nextLong(caller.policy.per().toNanos() / 8));
            long cost = caller.cost();
            Instant now = caller.now;
            long counted = caller.admissions.between(now.minus(longer), now);
            if (!caller.acquire(cost).allowed()) {
                refused++;
                assertThat(counted + cost).isGreaterThan(caller.policy.capacity());
            }
        }
        assertThat(refused).isPositive();
        assertThat(caller.admissions.size()).isPositive();
    }
}
