package io.bulwark.ratelimit;

import java.time.Instant;

/**
 * One limit's rule: a pure function of what it remembers, what is asked and the time. Instants given to it may go
 * backwards (a clock is corrected, an owner moves); what is spent then counts as spent at the latest instant at which
 * anything was. Instants before 1970 count as 1970, and those after 2260 as 2260; a wait that ends after that is
 * given as 292 years. A level of another algorithm is
 * refused with an {@link IllegalArgumentException}, and so is a cost below 0 or above
 * {@link LimitPolicy#CAPACITY_MAX}.
 */
public sealed interface Limiter permits TokenBucket, LeakyBucket, SlidingWindow, FixedWindow, Concurrency {
    /** The rule of a policy. */
    static Limiter of(LimitPolicy policy) {
        return switch (policy.algorithm()) {
            case TOKEN_BUCKET -> new TokenBucket(policy);
            case LEAKY_BUCKET -> new LeakyBucket(policy);
            case SLIDING_WINDOW -> new SlidingWindow(policy);
            case FIXED_WINDOW -> new FixedWindow(policy);
            case CONCURRENCY -> new Concurrency(policy);
        };
    }

    /** How much may be spent at once: the policy's. */
    long capacity();

    /** A limit of which nothing has been spent. */
    Level fresh(Instant now);

    /**
     * Spends {@code cost} if that keeps the promise; a cost of 0 looks and spends nothing, and is always allowed. A cost above the
     * capacity is refused, and its {@code retryAfter} is the time until the limit is fresh.
     *
     * @param cost 0 or more
     */
    Decision acquire(Level level, long cost, Instant now);

    /**
     * Spends {@code cost} whether or not that keeps the promise: work that was done and turned out to cost more. What
     * is overspent is waited for, up to a whole {@code capacity}; what goes beyond that is forgotten.
     */
    Level charge(Level level, long cost, Instant now);

    /**
     * Gives back {@code cost} of what was spent at {@code spentAt}, never to more than a fresh limit has.
     *
     * @param cost no more than was spent then
     */
    Level refund(Level level, long cost, Instant spentAt, Instant now);

    /**
     * Whether {@code reserved} stands, at this and every later instant, for at least as much spending as {@code exact}:
     * a limit that is restored to {@code reserved} admits nothing that {@code exact} would have refused.
     */
    boolean covers(Level reserved, Level exact, Instant now);
}
