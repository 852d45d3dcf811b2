package io.bulwark.load.result;

import java.util.Map;

/**
 * One second of a run, by the time at which calls were meant to be sent.
 *
 * @param at seconds since the run began, 0 for the first
 * @param calls how many were meant for it
 * @param failed how many of them did not end as they should
 * @param p50Millis the median latency of those that ended, from the intended moment; 0 when none did
 * @param p99Millis the 99th percentile of the same
 * @param maxMillis the largest of the same
 * @param gauges what else was read in that second, by name, such as {@code heapMegabytes}; may be empty
 */
public record Second(
        int at,
        long calls,
        long failed,
        double p50Millis,
        double p99Millis,
        double maxMillis,
        Map<String, Double> gauges) {
    public Second {
        gauges = Map.copyOf(gauges);
    }
}
