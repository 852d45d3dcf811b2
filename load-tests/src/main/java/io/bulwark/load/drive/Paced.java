package io.bulwark.load.drive;

import io.bulwark.load.node.Wait;
import io.bulwark.load.result.Second;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.HdrHistogram.Histogram;

/**
 * An open loop of work that takes more than one request, or a client that keeps a history: one begins whenever it is
 * due, whether or not those before have ended, each on a virtual thread of its own. Latency counts from the moment at
 * which it was due, so that waiting for one of the {@code inFlightMax} places counts too.
 *
 * @param steps how many begin in a second, and when
 * @param inFlightMax how many may be under way; 1 or more
 */
public record Paced(Steps steps, int inFlightMax) {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How many seconds the live view is behind, so that what it shows has mostly ended. */
    private static final int LIVE_BEHIND = 2;

    public Paced {
        if (inFlightMax < 1) {
            throw new IllegalArgumentException("inFlightMax is " + inFlightMax + ": expected 1 or more");
        }
    }

    /**
     * The same rate all the time.
     *
     * @param perSecond how many begin in a second; 1 or more
     */
    public Paced(int perSecond, int inFlightMax) {
        this(Steps.even(perSecond), inFlightMax);
    }

    /**
     * What came of it.
     *
     * @param latencies in microseconds, of everything that ended, failed or not
     */
    public record Outcome(long calls, long failed, List<Second> seconds, Histogram latencies) {
        public Outcome {
            seconds = List.copyOf(seconds);
        }

        /** A percentile of the latencies, 0 to 100, in milliseconds. */
        public double millis(double percentile) {
            return latencies.getValueAtPercentile(percentile) / 1e3;
        }

        /** How many ended as they should, for each second of the run. */
        public double perSecond() {
            return seconds.isEmpty() ? 0 : (double) (calls - failed) / seconds.size();
        }
    }

    /**
     * Begins until told to stop, and returns when all that began has ended.
     *
     * @param stop asked before each
     * @param work takes its number, from 0, and says whether it ended as it should; must not throw
     * @param live gets each second once it is mostly over
     */
    public Outcome run(BooleanSupplier stop, LongPredicate work, Consumer<Second> live) {
        Timeline timeline = new Timeline();
        Semaphore free = new Semaphore(inFlightMax);
        long begin = System.nanoTime();
        int shown = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long number = 0; !stop.getAsBoolean(); number++) {
                long due = steps.dueNanos(number);
                Wait.until(begin + due);
                int second = (int) (due / SECOND_NANOS);
                while (shown < second - LIVE_BEHIND) {
                    live.accept(timeline.second(shown++));
                }
                start(threads, free, timeline.begin(second), number, begin + due, work);
            }
        }
        return new Outcome(timeline.calls(), timeline.failed(), timeline.seconds(), timeline.latencies());
    }

    private static void start(
            ExecutorService threads,
            Semaphore free,
            Timeline.Bucket bucket,
            long number,
            long due,
            LongPredicate work) {
        free.acquireUninterruptibly();
        threads.execute(() -> {
            boolean right = false;
            try {
                right = work.test(number);
            } finally {
                bucket.ended(right, System.nanoTime() - due);
                free.release();
            }
        });
    }
}
