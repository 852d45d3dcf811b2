package io.bulwark.load.scenario;

import io.bulwark.load.node.Wait;
import io.bulwark.load.result.Second;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Reads gauges at even distances beside a load, on a thread of its own, until it is closed.
 */
final class Sampler implements AutoCloseable {
    private final Map<Integer, Map<String, Double>> bySecond = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile String trouble = "";
    private volatile boolean closed;

    /**
     * Starts at once; the first reading is at {@code beginNanos}.
     *
     * @param beginNanos of {@link System#nanoTime}: when the first second of the load begins
     * @param gauges asked for what they show
     */
    Sampler(long beginNanos, Duration every, Supplier<Map<String, Double>> gauges) {
        this.thread = Thread.ofVirtual().name("sampler").start(() -> sample(beginNanos, every, gauges));
    }

    private void sample(long beginNanos, Duration every, Supplier<Map<String, Double>> gauges) {
        try {
            for (long due = beginNanos; !closed; due += every.toNanos()) {
                Wait.until(due);
                read((int) TimeUnit.NANOSECONDS.toSeconds(due - beginNanos), gauges);
            }
        } catch (IllegalStateException e) {
            if (!closed) {
                throw e;
            }
        }
    }

    /** A reading that fails leaves a gap and is told of once; the load goes on. */
    private void read(int second, Supplier<Map<String, Double>> gauges) {
        try {
            bySecond.put(second, gauges.get());
        } catch (RuntimeException e) {
            trouble = trouble.isEmpty() ? "Gauges could not be read at " + second + " s: " + e.getMessage() : trouble;
        }
    }

    /** The first reading that failed, as a sentence; empty when none did. */
    String trouble() {
        return trouble;
    }

    /** The seconds of the load with what was read in each. */
    List<Second> with(List<Second> seconds) {
        return seconds.stream()
                .map(second -> new Second(
                        second.at(),
                        second.calls(),
                        second.failed(),
                        second.p50Millis(),
                        second.p99Millis(),
                        second.maxMillis(),
                        together(second.gauges(), bySecond.getOrDefault(second.at(), Map.of()))))
                .toList();
    }

    private static Map<String, Double> together(Map<String, Double> one, Map<String, Double> other) {
        Map<String, Double> all = new HashMap<>(one);
        all.putAll(other);
        return all;
    }

    /** Returns when the reading under way has ended. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
