package io.bulwark.persistence.archive;

import java.time.Duration;

/**
 * How long to wait before the server or the store is tried again: longer each time, up to ten seconds.
 *
 * @param length before the next attempt
 */
record Pause(Duration length) {
    static final Pause FIRST = new Pause(Duration.ofMillis(100));
    static final Duration LONGEST = Duration.ofSeconds(10);

    Pause next() {
        Duration doubled = length.multipliedBy(2);
        return new Pause(doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled);
    }
}
