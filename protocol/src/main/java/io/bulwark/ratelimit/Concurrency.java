package io.bulwark.ratelimit;

import java.time.Instant;

/** Stand-in until the rule is written. */
record Concurrency(LimitPolicy policy) implements Limiter {
    @Override
    public Level fresh(Instant now) {
        throw new UnsupportedOperationException("" + now);
    }

    @Override
    public Decision acquire(Level level, long cost, Instant now) {
        throw new UnsupportedOperationException("" + level + cost + now);
    }

    @Override
    public Level charge(Level level, long cost, Instant now) {
        throw new UnsupportedOperationException("" + level + cost + now);
    }

    @Override
    public Level refund(Level level, long cost, Instant spentAt, Instant now) {
        throw new UnsupportedOperationException("" + level + cost + spentAt + now);
    }

    @Override
    public boolean covers(Level reserved, Level exact, Instant now) {
        throw new UnsupportedOperationException("" + reserved + exact + now);
    }
}
