package io.bulwark.node.guard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Collects what goes to the same place for a tiny, bounded time, and hands it over together: the first one waits for the
 * others at most that long.
 */
final class Collector<T> implements AutoCloseable {
    /** The most in one hand-over; a hundred questions are some ten kilobytes. */
    static final int TOGETHER_MAX = 256;
    /** The most that wait; beyond it they go one by one, which is slower and loses nothing. */
    private static final int WAITING_MAX = 8_192;

    private final ArrayBlockingQueue<T> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final long collectForNanos;
    private final Consumer<List<T>> handOver;
    private final Thread collecting;

    /**
     * @param collectFor how long the first waits for others, 0 to 10 ms
     * @param handOver must not block
     */
    Collector(String name, Duration collectFor, Consumer<List<T>> handOver) {
        this.collectForNanos = collectFor.toNanos();
        this.handOver = handOver;
        this.collecting = Thread.ofVirtual().name(name).start(this::collect);
    }

    /** Returns false when as many wait already as may. */
    boolean offer(T one) {
        return waiting.offer(one);
    }

    @Override
    public void close() {
        collecting.interrupt();
    }

    private void collect() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                List<T> together = new ArrayList<>();
                together.add(waiting.take());
                if (waiting.size() < TOGETHER_MAX - 1) {
                    LockSupport.parkNanos(collectForNanos);
                }
                waiting.drainTo(together, TOGETHER_MAX - 1);
                handOver.accept(together);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }
}
