package io.bulwark.load.node;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits, with a bound, for what can only be seen by looking again. */
public final class Wait {
    private static final long LOOK_EVERY_NANOS = 50_000_000;

    private Wait() {}

    /**
     * Looks every 50 ms until the condition holds.
     *
     * @param seen asked for the failure's message
     * @throws IllegalStateException when it does not hold in time
     */
    public static void until(String what, Duration within, BooleanSupplier condition, Supplier<String> seen) {
        long end = System.nanoTime() + within.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("After " + within + " not yet " + what + ": " + seen.get());
            }
            pause(LOOK_EVERY_NANOS);
        }
    }

    /** Waits until so much of {@link System#nanoTime} has passed: for loads and faults that follow a timetable. */
    public static void until(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            pause(left);
        }
    }

    private static void pause(long nanos) {
        LockSupport.parkNanos(nanos);
        if (Thread.currentThread().isInterrupted()) {
            throw new IllegalStateException("Interrupted while waiting");
        }
    }
}
