package io.bulwark.admission;

import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import io.bulwark.tenant.TenantPolicy;
import java.time.Duration;
import java.util.List;

/**
 * A tenant's policy cut to what one of {@code members} nodes admits on its own while the guard cannot be asked.
 *
 * <p>The capacity is divided and rounded down, to 1 at least; a bucket's refill is divided exactly, by letting the same
 * refill take {@code members} times as long (where that would be more than 366 days, the refill is divided like the
 * capacity). So, while all nodes count the same members, they admit together at most what one limiter of capacity
 * {@code max(capacity, members)} and the policy's refill would; what the guard itself had given before comes on top.
 */
public final class NodeShare {
    /** The longest {@code per} of a limit. */
    private static final Duration PER_MAX = Duration.ofDays(366);

    private NodeShare() {}

    /** @param members how many nodes share, 1 or more */
    public static TenantPolicy of(TenantPolicy policy, int members) {
        if (members < 1) {
            throw new IllegalArgumentException("There are " + members + " members: expected 1 or more");
        }
        List<LimitPolicy> limits =
                policy.limits().stream().map(limit -> of(limit, members)).toList();
        return new TenantPolicy(
                limits,
                policy.appliesTo(),
                policy.circuit(),
                policy.idempotency(),
                policy.onGuardUnavailable(),
                policy.status(),
                policy.legacyRateLimitHeaders());
    }

    /** Whether a node may decide over the limit on its own: a strict limit that refuses promises what no share keeps. */
    static boolean mayDecide(LimitPolicy limit) {
        return limit.durability() == Durability.SOFT || limit.mode() == Mode.SHADOW;
    }

    private static LimitPolicy of(LimitPolicy limit, int members) {
        boolean fills = fills(limit.algorithm());
        boolean mayTakeLonger = limit.per().compareTo(PER_MAX.dividedBy(members)) <= 0;
        return new LimitPolicy(
                limit.name(),
                limit.algorithm(),
                divided(limit.capacity(), members),
                fills && !mayTakeLonger ? divided(limit.refill(), members) : limit.refill(),
                fills && mayTakeLonger ? limit.per().multipliedBy(members) : limit.per(),
                // There is no journal here; a strict limit is decided over only if it watches and never refuses.
                Durability.SOFT,
                limit.mode());
    }

    private static boolean fills(Algorithm algorithm) {
        return switch (algorithm) {
            case TOKEN_BUCKET, LEAKY_BUCKET -> true;
            case SLIDING_WINDOW, FIXED_WINDOW, CONCURRENCY -> false;
        };
    }

    private static long divided(long amount, int members) {
        return Math.max(1, amount / members);
    }
}
