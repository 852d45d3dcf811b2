package io.bulwark.load.drive;

import java.time.Duration;

/** Sends as fast as is answered: finds out how much something can take, and says little about how long it takes. */
public final class ClosedLoop {
    private ClosedLoop() {}

    /**
     * Keeps a call on its way on every connection. Uses the calling thread, and returns when the last call has ended.
     *
     * @param connections 1 or more
     * @param warmUp before what counts, 0 or more
     * @param measured what counts, more than 0
     * @throws IllegalStateException when no connection could be opened at the beginning
     */
    public static Measured run(Work work, int connections, Duration warmUp, Duration measured) {
        long begin = System.nanoTime() + warmUp.toNanos();
        long end = begin + measured.toNanos();
        Tally tally = new Tally(begin, end, work.answerWithin(), second -> {});
        return Driver.run(work, new Arrivals.Continuous(end), connections, tally);
    }
}
