package io.bulwark.ratelimit;

import java.time.Duration;

/**
 * What a limit said to one request.
 *
 * @param allowed whether it may be spent
 * @param level what the limit remembers afterwards; when refused, the level as it stands now, nothing spent
 * @param remaining how much could be spent now, 0 or more
 * @param retryAfter when refused: after this time the same request is allowed if nothing else is spent meanwhile; zero
 *     when allowed
 * @param resetAfter after this time the limit is as good as fresh if nothing is spent meanwhile
 * @param delay when allowed: how long the work is to wait for its turn; not zero only for {@code leaky-bucket}
 */
public record Decision(
        boolean allowed, Level level, long remaining, Duration retryAfter, Duration resetAfter, Duration delay) {}
