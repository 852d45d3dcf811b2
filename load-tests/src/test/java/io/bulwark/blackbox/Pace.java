package io.bulwark.blackbox;

import io.bulwark.load.node.Wait;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * Starts work at even distances, whether or not what was started before has ended; with {@value #IN_FLIGHT_MAX} under
 * way it leaves out what would come next, since a machine that cannot follow is only made slower by more.
 */
record Pace(int perSecond) {
    private static final int IN_FLIGHT_MAX = 1_000;
    private static final long SECOND_NANOS = 1_000_000_000L;

    /**
     * Starts in the background; each piece of work gets its number and a thread of the executor.
     *
     * @return completed once nothing more will be started
     */
    CompletableFuture<Void> start(ExecutorService threads, BooleanSupplier stop, IntConsumer work) {
        long begin = System.nanoTime();
        Semaphore free = new Semaphore(IN_FLIGHT_MAX);
        return CompletableFuture.runAsync(
                () -> {
                    for (int i = 0; !stop.getAsBoolean(); i++) {
                        if (free.tryAcquire()) {
                            int number = i;
                            threads.execute(() -> {
                                try {
                                    work.accept(number);
                                } finally {
                                    free.release();
                                }
                            });
                        }
                        Wait.until(begin + (i + 1) * SECOND_NANOS / perSecond);
                    }
                },
                threads);
    }
}
