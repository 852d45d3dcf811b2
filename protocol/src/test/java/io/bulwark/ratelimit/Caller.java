package io.bulwark.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;

/**
 * Somebody who spends of a limit at random: bursts, pauses, patience, clocks that go backwards. Whatever it is told is
 * checked on the spot; what was admitted is in {@link #admissions}.
 */
final class Caller {
    private static final Duration TOO_LONG = Duration.ofDays(200 * 365);

    final SplittableRandom random;
    final LimitPolicy policy;
    final Limiter limiter;
    final Admissions admissions = new Admissions();
    Level level;
    Instant now;
    boolean clockGoesBack = true;

    Caller(LimitPolicy policy, SplittableRandom random) {
        this.random = random;
        this.policy = policy;
        limiter = Limiter.of(policy);
        now = Instant.parse("2026-11-21T00:00:00Z").plusNanos(random.nextLong(1_000_000_000_000L));
        level = limiter.fresh(now);
    }

    /** One thing that callers do. */
    void step() {
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> acquire(cost());
            case 4 -> burst();
            case 5, 6 -> pass(pause());
            case 7 -> acquirePatiently(cost());
            case 8 -> peek();
            case 9 -> pass(clockGoesBack ? -random.nextLong(policy.per().toNanos()) : 1);
            default -> throw new AssertionError("nextInt(10) is below 10");
        }
    }

    void pass(long nanos) {
        now = now.plusNanos(nanos);
    }

    Decision acquire(long cost) {
        Decision decision = limiter.acquire(level, cost, now);
        if (decision.allowed()) {
            level = decision.level();
            admissions.spent(now, cost);
        } else {
            assertThat(decision.level()).isEqualTo(level);
            assertThat(cost > policy.capacity() || cost > decision.remaining()).isTrue();
        }
        return decision;
    }

    /** Waiting exactly as long as one is told is enough, and a nanosecond less is not. */
    void acquirePatiently(long cost) {
        Decision decision = acquire(cost);
        if (decision.allowed()
                || cost > policy.capacity()
                || decision.retryAfter().compareTo(TOO_LONG) > 0) {
            return;
        }
        assertThat(decision.retryAfter()).isPositive();
        Instant then = now.plus(decision.retryAfter());
        assertThat(limiter.acquire(level, cost, then.minusNanos(1)).allowed()).isFalse();
        now = then;
        assertThat(acquire(cost).allowed()).as("%s after waiting", policy).isTrue();
    }

    private void burst() {
        long cost = Math.max(1, cost() / 5);
        for (int i = 0; i < 8; i++) {
            acquire(cost);
        }
    }

    /** Looking changes nothing, and what it says can be spent can. */
    void peek() {
        Decision look = limiter.acquire(level, 0, now);
        assertThat(look.allowed()).isTrue();
        assertThat(look.level()).isEqualTo(level);
        assertThat(look.remaining()).isBetween(0L, policy.capacity());
        assertThat(limiter.acquire(level, Math.max(1, look.remaining()), now).allowed())
                .isEqualTo(look.remaining() > 0);
        if (look.remaining() < policy.capacity()) {
            assertThat(limiter.acquire(level, look.remaining() + 1, now).allowed())
                    .isFalse();
        }
        if (look.resetAfter().compareTo(TOO_LONG) < 0) {
            Instant reset = now.plus(look.resetAfter());
            assertThat(limiter.acquire(level, 0, reset).remaining()).isEqualTo(policy.capacity());
            assertThat(limiter.acquire(level, 0, reset).resetAfter()).isEqualTo(Duration.ZERO);
        }
    }

    long cost() {
        return random.nextInt(12) == 0
                ? policy.capacity() + random.nextLong(2) * (policy.capacity() < LimitPolicy.CAPACITY_MAX ? 1 : 0)
                : Policies.magnitude(random, 1, policy.capacity());
    }

    private long pause() {
        return Policies.magnitude(random, 1, 2 * policy.per().toNanos());
    }
}
