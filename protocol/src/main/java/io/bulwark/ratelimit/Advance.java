package io.bulwark.ratelimit;

import java.time.Duration;

/**
 * What a guard gives another node of a limit ahead of its callers, so that most decisions far from the limit need no
 * question between nodes. It is spent when it is given: what a node does not use within {@link #GOOD_FOR} is lost, and
 * nothing can be admitted twice. So in any stretch of time W at most {@code capacity + refill · (W + GOOD_FOR) / per} is
 * admitted, instead of the same with W alone: a decision may be taken that much later than it was counted.
 *
 * <p>Little is given near the limit, and nothing of a limit that fills slowly, so that what is lost does not matter:
 * those are asked for one by one, and decided exactly. Only a soft token bucket that refuses is given of: a window would
 * count what is spent later in the wrong slot, and a strict limit promises more.
 */
public final class Advance {
    /** From the moment at which a node asked for it. */
    public static final Duration GOOD_FOR = Duration.ofMillis(100);
    /** The most that is worth asking for. */
    public static final long MOST = 100_000;
    /** Of what is left, one part of so many at most. */
    private static final int PARTS = 8;

    private Advance() {}

    /**
     * How much is given.
     *
     * @param remaining what the limit has left, 0 or more
     * @param wanted what the node expects to need, 0 or more
     * @return 0 to {@code wanted}
     */
    public static long of(LimitPolicy policy, long remaining, long wanted) {
        boolean may = policy.algorithm() == Algorithm.TOKEN_BUCKET
                && policy.durability() == Durability.SOFT
                && policy.mode() == Mode.ENFORCE;
        if (!may) {
            return 0;
        }
        long perMillis = Math.ceilDiv(policy.per().toNanos(), 1_000_000L);
        // Both factors have bounds of 1e12 and 100.
        long comesBack = policy.refill() * GOOD_FOR.toMillis() / perMillis;
        return Math.min(Math.min(wanted, MOST), Math.min(remaining / PARTS, comesBack));
    }
}
