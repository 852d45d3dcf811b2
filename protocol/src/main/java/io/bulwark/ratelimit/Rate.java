package io.bulwark.ratelimit;

import java.time.Duration;

/**
 * How fast a bucket fills, in whole numbers: nothing is ever rounded in the caller's favour, and no drift builds up.
 *
 * <p>Credit is counted in units of which one token has {@code unit} and each tick brings {@code accrual}; both are
 * {@code per} (in ticks) and {@code refill} divided by their greatest common divisor. The tick is the finest of 1 ns,
 * 1 µs, 1 ms, 1 s and 10 s with which a full bucket stays below 2^62 units, so that the distance from a full bucket to
 * the deepest debt fits a {@code long}. A {@code per} that is not a multiple of the tick is rounded up to one: the
 * bucket then fills slower than was asked by less than a tick in each {@code per}. Where the tick is coarser than 1 ns,
 * it brings less than 1/4,000 of the capacity.
 *
 * @param capacity tokens in a full bucket
 * @param tickNanos the tick's length in nanoseconds
 * @param unit units in one token
 * @param accrual units that come back in one tick
 */
public record Rate(long capacity, long tickNanos, long unit, long accrual) {
    private static final long UNITS_MAX = (1L << 62) - 1;
    private static final long[] TICKS = {1, 1_000, 1_000_000, 1_000_000_000L, 10_000_000_000L};
    /** Answered for a wait that ends after the year 2260: 292 years. */
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    /** The rate of a policy; every valid policy has one. */
    static Rate of(LimitPolicy policy) {
        for (long tick : TICKS) {
            long ticks = Math.ceilDiv(policy.per().toNanos(), tick);
            long divisor = gcd(policy.refill(), ticks);
            long unit = ticks / divisor;
            if (unit <= UNITS_MAX / policy.capacity()) {
                return new Rate(policy.capacity(), tick, unit, policy.refill() / divisor);
            }
        }
        throw new IllegalArgumentException("limits." + policy.name() + " has a capacity of " + policy.capacity()
                + " per " + policy.per() + ": expected capacity times seconds below 4e19");
    }

    Level.Bucket fresh(long now) {
        return new Level.Bucket(full(), now / tickNanos);
    }

    /**
     * @param queued whether what is spent waits for all that was spent before it to flow off
     */
    Decision acquire(Level level, long cost, long now, boolean queued) {
        Level.Bucket bucket = checked(level);
        long tick = tickOf(bucket, now);
        long credit = creditAt(bucket, tick);
        if (cost == 0) {
            return allowed(bucket, credit, now, Duration.ZERO);
        }
        if (cost > capacity) {
            Duration wait = fullAfter(credit, tick, now);
            return new Decision(false, bucket, tokens(credit), wait, wait, Duration.ZERO);
        }
        long spent = cost * unit;
        if (spent > credit) {
            Duration wait = wait(tick, spent - credit, now);
            return new Decision(false, bucket, tokens(credit), wait, fullAfter(credit, tick, now), Duration.ZERO);
        }
        Duration delay = queued ? fullAfter(credit, tick, now) : Duration.ZERO;
        return allowed(new Level.Bucket(credit - spent, started(credit, tick, now)), credit - spent, now, delay);
    }

    Level charge(Level level, long cost, long now) {
        Level.Bucket bucket = checked(level);
        if (cost == 0) {
            return bucket;
        }
        long tick = tickOf(bucket, now);
        long credit = creditAt(bucket, tick);
        long spent = Math.min(cost, 2 * capacity) * unit;
        long left = spent >= credit + full() ? -full() : credit - spent;
        return new Level.Bucket(left, started(credit, tick, now));
    }

    Level refund(Level level, long cost, long now) {
        Level.Bucket bucket = checked(level);
        if (cost == 0) {
            return bucket;
        }
        long tick = tickOf(bucket, now);
        long credit = creditAt(bucket, tick);
        long given = Math.min(cost, 2 * capacity) * unit;
        return new Level.Bucket(given >= full() - credit ? full() : credit + given, tick);
    }

    /** From the later of the two on, both fill alike, so that one comparison holds for ever. */
    boolean covers(Level reserved, Level exact, long now) {
        Level.Bucket less = checked(reserved);
        Level.Bucket more = checked(exact);
        long tick = Math.max(tickOf(less, now), tickOf(more, now));
        return creditAt(less, tick) <= creditAt(more, tick);
    }

    private Decision allowed(Level.Bucket next, long credit, long now, Duration delay) {
        long tick = tickOf(next, now);
        return new Decision(true, next, tokens(credit), Duration.ZERO, fullAfter(credit, tick, now), delay);
    }

    private Level.Bucket checked(Level level) {
        if (level instanceof Level.Bucket bucket) {
            return bucket;
        }
        throw new IllegalArgumentException("The level is " + level + ": expected one of a bucket");
    }

    private long full() {
        return capacity * unit;
    }

    private long tickOf(Level.Bucket bucket, long now) {
        return Math.max(bucket.atTick(), now / tickNanos);
    }

    /** The clamp keeps a level of another policy from an overflow. */
    private long creditAt(Level.Bucket bucket, long tick) {
        long credit = Math.clamp(bucket.credit(), -full(), full());
        long elapsed = tick - bucket.atTick();
        return elapsed >= Math.ceilDiv(full() - credit, accrual) ? full() : credit + elapsed * accrual;
    }

    /**
     * The tick from which what was just spent comes back. A bucket that is full, or would be within this tick, has
     * nothing to gain from the part of the tick that has passed; counting it would let a window that begins inside a
     * tick have one tick's accrual too much.
     */
    private long started(long creditBefore, long tick, long now) {
        return creditBefore > full() - accrual && tick * tickNanos < now ? tick + 1 : tick;
    }

    private long tokens(long credit) {
        return credit <= 0 ? 0 : credit / unit;
    }

    private Duration fullAfter(long credit, long tick, long now) {
        return wait(tick, full() - credit, now);
    }

    /** From now until that many units have come back since the tick. */
    private Duration wait(long tick, long units, long now) {
        long ticks = Math.ceilDiv(units, accrual);
        if (ticks > Nanos.LAST / tickNanos - tick) {
            return FOREVER;
        }
        return ticks == 0 ? Duration.ZERO : Nanos.between(now, (tick + ticks) * tickNanos);
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
