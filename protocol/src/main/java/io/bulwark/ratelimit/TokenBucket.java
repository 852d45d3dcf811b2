package io.bulwark.ratelimit;

import io.bulwark.grammar.Ranges;
import java.time.Instant;

/**
 * A bucket of {@code capacity} tokens into which {@code refill} flow evenly in each {@code per}: the generic cell rate
 * algorithm (ITU-T I.371), written as a level.
 *
 * <p>Promise: in any stretch of time W at most {@code capacity + refill · W / per} is admitted, and a fresh bucket
 * admits exactly {@code capacity} at once. What is refunded counts as spent when it was spent, and as given back when it
 * was given back (W then counts in ticks, see {@link Rate}, rounded up): the bucket fills meanwhile, so that a caller
 * who holds reservations can have them and a full bucket.
 */
public record TokenBucket(Rate rate) implements Limiter {
    TokenBucket(LimitPolicy policy) {
        this(Rate.of(policy));
    }

    @Override
    public long capacity() {
        return rate.capacity();
    }

    @Override
    public Level fresh(Instant now) {
        return rate.fresh(Nanos.of(now));
    }

    @Override
    public Decision acquire(Level level, long cost, Instant now) {
        Ranges.check("cost", cost, 0, LimitPolicy.CAPACITY_MAX);
        return rate.acquire(level, cost, Nanos.of(now), false);
    }

    @Override
    public Level charge(Level level, long cost, Instant now) {
        Ranges.check("cost", cost, 0, LimitPolicy.CAPACITY_MAX);
        return rate.charge(level, cost, Nanos.of(now));
    }

    @Override
    public Level refund(Level level, long cost, Instant spentAt, Instant now) {
        Ranges.check("cost", cost, 0, LimitPolicy.CAPACITY_MAX);
        return rate.refund(level, cost, Nanos.of(now));
    }

    @Override
    public boolean covers(Level reserved, Level exact, Instant now) {
        return rate.covers(reserved, exact, Nanos.of(now));
    }
}
