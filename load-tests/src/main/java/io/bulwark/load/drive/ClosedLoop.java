package io.bulwark.load.drive;

import io.bulwark.load.result.Second;
import java.time.Duration;
import java.util.function.Consumer;

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

    /**
     * Makes so many calls, all of which count, and returns when the last has ended.
     *
     * @param connections 1 or more
     * @param calls 1 or more
     * @param live given each second of the run a second after its end
     * @throws IllegalStateException when no connection could be opened at the beginning
     */
    public static Measured count(Work work, int connections, long calls, Consumer<Second> live) {
        if (calls < 1) {
            throw new IllegalArgumentException("calls is " + calls + ": expected 1 or more");
        }
        Tally tally = Tally.untilTheLast(System.nanoTime(), work.answerWithin(), live);
        return Driver.run(work, new Arrivals.Counted(calls), connections, tally);
    }
}
