package io.bulwark.ratelimit;

import java.time.Instant;
import java.util.Optional;

/**
 * The level of a limit that survives its owner without over-admitting: what is spent is charged to the journal in
 * blocks, ahead of use.
 *
 * <p>{@code exact} decides, so that without a loss the limit admits what a soft one would. {@code reserved} is the level
 * that the journal holds, and stands for at least as much spending ({@link Limiter#covers}); when it no longer would, a
 * new one is to be journalled before the decision is given to anybody. A loss makes {@code exact} what was reserved:
 * nothing is admitted that the lost owner would have refused, and at most one {@linkplain #block block} is refused that
 * it would have admitted, or two where work was refunded.
 *
 * @param exact what was spent
 * @param reserved what the journal says was spent
 */
public record StrictLevel(Level exact, Level reserved) {
    /** The most that a loss refuses in vain. */
    public static final long BLOCK_MAX = 1_000;

    /** A limit of which nothing has been spent, and nothing reserved. */
    public static StrictLevel fresh(Limiter limiter, Instant now) {
        return restored(limiter.fresh(now));
    }

    /** The limit after a loss. */
    public static StrictLevel restored(Level reserved) {
        return new StrictLevel(reserved, reserved);
    }

    /** How much is reserved ahead of use: a twentieth of the capacity, 1 to {@value #BLOCK_MAX}. */
    public static long block(Limiter limiter) {
        return Math.clamp(limiter.capacity() / 20, 1, BLOCK_MAX);
    }

    /** Spends if that keeps the promise, as {@link Limiter#acquire} does. */
    public Outcome acquire(Limiter limiter, long cost, Instant now) {
        Decision decision = limiter.acquire(exact, cost, now);
        if (!decision.allowed() || cost == 0) {
            return new Outcome(decision, this, Optional.empty());
        }
        Change change = spent(limiter, decision.level(), now);
        return new Outcome(decision, change.next(), change.toJournal());
    }

    /** Spends whether or not that keeps the promise, as {@link Limiter#charge} does. */
    public Change charge(Limiter limiter, long cost, Instant now) {
        return spent(limiter, limiter.charge(exact, cost, now), now);
    }

    /**
     * Gives back, as {@link Limiter#refund} does. What is given back stays reserved and is used up before the next
     * block; only when more than two blocks would be reserved in vain is the journal told.
     */
    public Change refund(Limiter limiter, long cost, Instant spentAt, Instant now) {
        Level less = limiter.refund(exact, cost, spentAt, now);
        boolean near = limiter.covers(limiter.charge(less, 2 * block(limiter), now), reserved, now);
        return near ? new Change(new StrictLevel(less, reserved), Optional.empty()) : reserve(limiter, less, now);
    }

    private Change spent(Limiter limiter, Level more, Instant now) {
        boolean covered = limiter.covers(reserved, more, now);
        return covered ? new Change(new StrictLevel(more, reserved), Optional.empty()) : reserve(limiter, more, now);
    }

    private static Change reserve(Limiter limiter, Level exact, Instant now) {
        Level reserved = limiter.charge(exact, block(limiter), now);
        return new Change(new StrictLevel(exact, reserved), Optional.of(reserved));
    }

    /**
     * What came of spending.
     *
     * @param decision to be given only after {@code toJournal}, if there is one, is durable
     * @param next the level afterwards; when refused, this one
     * @param toJournal the level to which a restart is to restore this limit from now on, when that changes
     */
    public record Outcome(Decision decision, StrictLevel next, Optional<Level> toJournal) {}

    /**
     * What came of charging or refunding.
     *
     * @param next the level afterwards
     * @param toJournal the level to which a restart is to restore this limit from now on, when that changes
     */
    public record Change(StrictLevel next, Optional<Level> toJournal) {}
}
