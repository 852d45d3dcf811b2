package io.bulwark.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FixedWindowTest {
    static IntStream seeds() {
        return IntStream.range(0, 120);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void admitsAtMostTheCapacityInEachWindowAndTwiceThatInAny(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Caller caller = new Caller(Policies.random(Algorithm.FIXED_WINDOW, random), random);
        for (int i = 0; i < 200; i++) {
            caller.step();
        }
        caller.admissions.assertAtMostInEachAlignedWindow(caller.policy.capacity(), caller.policy.per());
        caller.admissions.assertAtMostInAnyWindow(2 * caller.policy.capacity(), caller.policy.per());
    }

    @Test
    void refund_ofAnEarlierWindow_changesNothingInThisOne() {
        Limiter limiter = Limiter.of(Policies.policy(Algorithm.FIXED_WINDOW, 3, 3, Duration.ofSeconds(1)));
        Instant first = Instant.ofEpochSecond(100);
        Instant second = Instant.ofEpochSecond(101);
        Level level = limiter.acquire(limiter.fresh(first), 3, first).level();
        level = limiter.acquire(level, 3, second).level();
        level = limiter.refund(level, 3, first, second);
        assertThat(limiter.acquire(level, 1, second).allowed()).isFalse();
        level = limiter.refund(level, 1, second, second);
        assertThat(limiter.acquire(level, 1, second).allowed()).isTrue();
    }
}
