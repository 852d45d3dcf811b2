package io.bulwark.load.drive;

import io.bulwark.load.result.Second;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Sends at a rate whatever comes back, as many callers who do not know of each other would: finds out how long something
 * takes. A call that finds all connections busy waits, and its latency counts from the moment for which it was meant, so
 * that a pause of the callee is seen by all calls that fell into it.
 */
public final class OpenLoop {
    private OpenLoop() {}

    /**
     * Sends evenly spaced calls. Uses the calling thread, and returns when the last call has ended or was given up.
     *
     * @param callsPerSecond 1 or more
     * @param connectionsMax how many may be open; they are opened when they are needed
     * @param warmUp before what counts, 0 or more
     * @param measured what counts, more than 0
     * @param live given each second of the measured time a second after its end, with what has ended by then
     * @throws IllegalStateException when no connection could be opened at the beginning
     */
    public static Measured run(
            Work work,
            int callsPerSecond,
            int connectionsMax,
            Duration warmUp,
            Duration measured,
            Consumer<Second> live) {
        if (callsPerSecond < 1) {
            throw new IllegalArgumentException("callsPerSecond is " + callsPerSecond + ": expected 1 or more");
        }
        long start = System.nanoTime();
        long begin = start + warmUp.toNanos();
        long end = begin + measured.toNanos();
        Tally tally = new Tally(begin, end, work.answerWithin(), live);
        Arrivals arrivals = new Arrivals.Scheduled(start, end - start, callsPerSecond);
        return Driver.run(work, arrivals, connectionsMax, tally);
    }
}
