package io.bulwark.persistence.embedded;

import java.time.Duration;

/**
 * How long to wait before a server that died is started again: not at all when it had run for a while, else longer each
 * time, up to ten seconds.
 *
 * @param pause before the next start
 */
record Backoff(Duration pause) {
    static final Backoff NONE = new Backoff(Duration.ZERO);
    static final Duration FIRST = Duration.ofMillis(200);
    static final Duration LONGEST = Duration.ofSeconds(10);
    static final Duration STEADY_AFTER = Duration.ofSeconds(10);

    /** After a server that ran for this long; zero when it did not even start. */
    Backoff after(Duration ran) {
        if (ran.compareTo(STEADY_AFTER) >= 0) {
            return NONE;
        }
        Duration next = pause.isZero() ? FIRST : pause.multipliedBy(2);
        return new Backoff(next.compareTo(LONGEST) > 0 ? LONGEST : next);
    }
}
