package io.bulwark.ratelimit;

import io.bulwark.grammar.Ranges;
import java.time.Instant;

/**
 * A queue that drains evenly, {@code refill} in each {@code per}, and holds {@code capacity} at most: what is admitted
 * waits {@link Decision#delay} for what is ahead of it to drain.
 *
 * <p>Promise: work that is admitted and then waits its delay starts no sooner than {@code cost · per / refill} (rounded
 * down to a tick, see {@link Rate}) after the work before it, where {@code cost} is that of the work before it; and
 * never more than {@code capacity} is waiting. A refund lets what is admitted afterwards move up by as much, so that it
 * may start together with what was admitted before.
 */
public record LeakyBucket(Rate rate) implements Limiter {
    LeakyBucket(LimitPolicy policy) {
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
        return rate.acquire(level, cost, Nanos.of(now), true);
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
