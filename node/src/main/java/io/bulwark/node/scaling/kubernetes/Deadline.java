package io.bulwark.node.scaling.kubernetes;

import java.time.Duration;

/**
 * Until when all answers that one look or one order needs must be there.
 *
 * @param within what was given at the start
 * @param endsAt by {@link System#nanoTime()}
 */
record Deadline(Duration within, long endsAt) {
    static Deadline in(Duration within) {
        return new Deadline(within, System.nanoTime() + within.toNanos());
    }

    /** Zero or less: it is over. */
    long nanosLeft() {
        return endsAt - System.nanoTime();
    }
}
