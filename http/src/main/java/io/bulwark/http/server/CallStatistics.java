package io.bulwark.http.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** How many calls a node answered of late and how long they took, over all routes, for whoever reports its load. */
public final class CallStatistics {
    private static final long MICROS_MAX = TimeUnit.HOURS.toMicros(1);
    private static final int DIGITS = 2;
    private static final double MICROS = 1e6;

    private final Recorder micros = new Recorder(MICROS_MAX, DIGITS);
    private final LongAdder unavailable = new LongAdder();
    private Histogram taken = micros.getIntervalHistogram();

    /**
     * What was answered between two readings.
     *
     * @param unavailable of them with 503
     * @param p50 in seconds, within one hundredth; 0 without calls
     * @param p95 likewise
     * @param p99 likewise
     */
    public record Interval(long calls, long unavailable, double p50, double p95, double p99) {}

    void answered(long nanos, int status) {
        micros.recordValue(Math.clamp(TimeUnit.NANOSECONDS.toMicros(nanos), 0, MICROS_MAX));
        if (status == 503) {
            unavailable.increment();
        }
    }

    /** What was answered since it was asked last; for one reader. */
    public synchronized Interval take() {
        taken = micros.getIntervalHistogram(taken);
        return new Interval(
                taken.getTotalCount(),
                unavailable.sumThenReset(),
                taken.getValueAtPercentile(50) / MICROS,
                taken.getValueAtPercentile(95) / MICROS,
                taken.getValueAtPercentile(99) / MICROS);
    }
}
