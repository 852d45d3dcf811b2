package io.bulwark.load.drive;

import io.bulwark.load.result.Second;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What a driver measured: all calls that were meant for the measured time, also those that ended after it. */
public final class Measured {
    private final Histogram micros;
    private final long failed;
    private final Map<Integer, Long> statuses;
    private final double perSecond;
    private final List<Second> seconds;

    Measured(Histogram micros, long failed, Map<Integer, Long> statuses, double perSecond, List<Second> seconds) {
        this.micros = micros;
        this.failed = failed;
        this.statuses = Collections.unmodifiableMap(new TreeMap<>(statuses));
        this.perSecond = perSecond;
        this.seconds = List.copyOf(seconds);
    }

    /** How many calls were meant for the measured time. */
    public long calls() {
        return micros.getTotalCount();
    }

    /** How many of them did not end as they should: another status, no whole answer, or none in time. */
    public long failed() {
        return failed;
    }

    /** How often each status was answered, in order. Calls without an answer are not in it; a dialogue has several each. */
    public Map<Integer, Long> statuses() {
        return statuses;
    }

    /** Right calls that ended in the measured time, a second. */
    public double perSecond() {
        return perSecond;
    }

    /**
     * A latency in milliseconds, of all calls however they ended, from the moment for which they were meant; 0 when
     * there were none.
     *
     * @param percentile 0 to 100
     */
    public double millis(double percentile) {
        return micros.getValueAtPercentile(percentile) / 1000.0;
    }

    /** The measured time second by second. */
    public List<Second> seconds() {
        return seconds;
    }
}
