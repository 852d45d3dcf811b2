package io.bulwark.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConcurrencyTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

    private record Held(long cost, Instant until) {}

    static IntStream seeds() {
        return IntStream.range(0, 100);
    }

    /** Never more than the capacity at once; what is released or lapses is there for the next; patience is rewarded. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void holdsAtMostTheCapacity(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long capacity = random.nextLong(1, 30);
        Concurrency limiter = new Concurrency(capacity);
        Level level = limiter.fresh(NOW);
        Instant now = NOW;
        Map<Long, Held> held = new HashMap<>();
        for (long id = 0; id < 400; id++) {
            now = now.plusNanos(random.nextLong(5_000_000));
            long cost = random.nextLong(1, capacity + 2);
            Instant until = now.plusMillis(random.nextLong(1, 60));
            boolean promised = limiter.acquire(level, cost, now).allowed();
            Decision decision = limiter.hold(level, id, cost, until, now);
            assertThat(decision.allowed()).isEqualTo(promised).isEqualTo(heldAt(held, now) + cost <= capacity);
            if (!decision.allowed() && cost <= capacity) {
                assertPatienceIsRewarded(limiter, level, cost, decision, now);
            }
            if (decision.allowed()) {
                held.put(
                        id, new Held(cost, until.plusNanos(999_999).truncatedTo(java.time.temporal.ChronoUnit.MILLIS)));
                assertThat(decision.remaining()).isEqualTo(capacity - heldAt(held, now));
            }
            level = decision.level();
            long other = random.nextLong(id + 1);
            if (random.nextBoolean()) {
                level = limiter.release(level, other, now);
                held.remove(other);
            }
        }
    }

    private static long heldAt(Map<Long, Held> held, Instant now) {
        return held.values().stream()
                .filter(each -> each.until().isAfter(now))
                .mapToLong(Held::cost)
                .sum();
    }

    private static void assertPatienceIsRewarded(
            Concurrency limiter, Level level, long cost, Decision refused, Instant now) {
        Instant then = now.plus(refused.retryAfter());
        assertThat(limiter.acquire(level, cost, then).allowed()).isTrue();
        assertThat(limiter.acquire(level, cost, then.minusNanos(1)).allowed()).isFalse();
    }

    @Test
    void hold_moreHoldersThanTheBound_isRefusedUntilTheEarliestLeaseRunsOut() {
        Concurrency limiter = new Concurrency(LimitPolicy.CAPACITY_MAX);
        Level level = limiter.fresh(NOW);
        for (int id = 0; id < Concurrency.HELD_MAX; id++) {
            Decision decision = limiter.hold(level, id, 1, NOW.plusMillis(20_000 - id), NOW);
            assertThat(decision.allowed()).isTrue();
            level = decision.level();
        }
        Decision refused = limiter.hold(level, 10_001, 1, NOW.plusSeconds(30), NOW);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(20_000 - Concurrency.HELD_MAX + 1));
        assertThat(refused.resetAfter()).isEqualTo(Duration.ofSeconds(20));
        Level room = limiter.release(level, 5_000, NOW);
        assertThat(limiter.hold(room, 10_001, 1, NOW.plusSeconds(30), NOW).allowed())
                .isTrue();
    }

    @Test
    void hold_costAboveCapacity_isRefusedUntilAllIsReleased() {
        Concurrency limiter = new Concurrency(3);
        Level level =
                limiter.hold(limiter.fresh(NOW), 1, 2, NOW.plusSeconds(5), NOW).level();
        Decision refused = limiter.hold(level, 2, 4, NOW.plusSeconds(1), NOW);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void hold_costZero_looksAndHoldsNothing() {
        Concurrency limiter = new Concurrency(3);
        Decision look = limiter.hold(limiter.fresh(NOW), 1, 0, NOW.plusSeconds(5), NOW);
        assertThat(look.allowed()).isTrue();
        assertThat(look.level()).isEqualTo(limiter.fresh(NOW));
    }

    @Test
    void release_ofNothing_changesNothing() {
        Concurrency limiter = new Concurrency(3);
        Level level =
                limiter.hold(limiter.fresh(NOW), 1, 2, NOW.plusSeconds(5), NOW).level();
        assertThat(limiter.release(level, 2, NOW)).isSameAs(level);
        assertThat(limiter.charge(level, 2, NOW)).isSameAs(level);
        assertThat(limiter.refund(level, 2, NOW, NOW)).isSameAs(level);
        assertThat(limiter.covers(level, level, NOW)).isTrue();
        assertThat(limiter.covers(limiter.fresh(NOW), level, NOW)).isFalse();
    }
}
