package io.bulwark.ratelimit;

import java.time.Duration;
import java.time.Instant;

/**
 * Instants as nanoseconds since the Unix epoch. Those before 1970 count as 1970, and those after {@link #LAST} (in the
 * year 2260) as that; the margin above it lets a rule add two of the longest windows without an overflow.
 */
final class Nanos {
    static final long LAST = Long.MAX_VALUE - 2 * Duration.ofDays(366).toNanos();

    private static final long PER_SECOND = 1_000_000_000L;

    private Nanos() {}

    static long of(Instant instant) {
        long seconds = instant.getEpochSecond();
        if (seconds < 0) {
            return 0;
        }
        return seconds >= LAST / PER_SECOND ? LAST : seconds * PER_SECOND + instant.getNano();
    }

    /** From one instant to a later one; zero if it is not later. */
    static Duration between(long from, long to) {
        return to <= from ? Duration.ZERO : Duration.ofNanos(to - from);
    }
}
