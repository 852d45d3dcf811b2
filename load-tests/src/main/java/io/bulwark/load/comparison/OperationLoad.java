package io.bulwark.load.comparison;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * A closed loop of operations: each connection claims one, completes it with the token of the answer, and goes on with
 * the next. A driver of its own, since the second request needs the answer to the first; one virtual thread for each
 * connection.
 */
final class OperationLoad {
    private static final int DIGITS = 3;

    private final List<InetSocketAddress> addresses;
    private final Operations operations;
    private final long measureFrom;
    private final long measureUntil;
    private final AtomicLong numbers = new AtomicLong();

    private OperationLoad(
            List<InetSocketAddress> addresses, Operations operations, Duration warmUp, Duration measured) {
        this.addresses = addresses;
        this.operations = operations;
        this.measureFrom = System.nanoTime() + warmUp.toNanos();
        this.measureUntil = measureFrom + measured.toNanos();
    }

    /**
     * What was measured.
     *
     * @param latency of whole operations, in nanoseconds
     * @param failed operations that were not claimed and completed as they should be
     */
    record Outcome(Histogram latency, long failed, Duration measured) {
        double perSecond() {
            return latency.getTotalCount() / (measured.toNanos() / 1e9);
        }

        double millis(double percentile) {
            return latency.getValueAtPercentile(percentile) / 1e6;
        }
    }

    /** Runs it. */
    static Outcome run(
            List<InetSocketAddress> addresses,
            Operations operations,
            int connections,
            Duration warmUp,
            Duration measured) {
        OperationLoad load = new OperationLoad(addresses, operations, warmUp, measured);
        Histogram latency = new Histogram(DIGITS);
        long failed = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Part>> parts = IntStream.range(0, connections)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> load.connection(i), threads))
                    .toList();
            for (CompletableFuture<Part> part : parts) {
                latency.add(part.join().latency);
                failed += part.join().failed;
            }
        }
        return new Outcome(latency, failed, measured);
    }

    /** What one connection saw. */
    private static final class Part {
        private final Histogram latency = new Histogram(DIGITS);
        private long failed;
    }

    private Part connection(int number) {
        Part part = new Part();
        InetSocketAddress address = addresses.get(number % addresses.size());
        while (System.nanoTime() < measureUntil) {
            try (KeptConnection connection = new KeptConnection(address)) {
                while (System.nanoTime() < measureUntil) {
                    one(connection, part);
                }
            } catch (IOException e) {
                part.failed++;
            }
        }
        return part;
    }

    private void one(KeptConnection connection, Part part) throws IOException {
        long number = numbers.getAndIncrement();
        long start = System.nanoTime();
        boolean well = claimedAndCompleted(connection, number);
        long end = System.nanoTime();
        if (end >= measureFrom && end < measureUntil) {
            if (well) {
                part.latency.recordValue(end - start);
            } else {
                part.failed++;
            }
        }
    }

    private boolean claimedAndCompleted(KeptConnection connection, long number) throws IOException {
        KeptConnection.Answer claimed = connection.exchange(operations.claim(number));
        return claimed.status() == 201
                && connection
                                .exchange(operations.complete(number, claimed.body()))
                                .status()
                        == 204;
    }
}
