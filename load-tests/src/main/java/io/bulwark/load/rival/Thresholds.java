package io.bulwark.load.rival;

import java.time.Duration;

/** When circuits open and close, the same for the library and for Bulwark. */
public final class Thresholds {
    static final double FAILURE_RATE = 0.5;
    static final int CALLS_MIN = 20;
    static final Duration WINDOW = Duration.ofSeconds(10);
    static final Duration OPEN_FOR = Duration.ofSeconds(5);
    static final int PROBES = 3;
    static final Duration PROBE_LEASE = Duration.ofSeconds(10);

    private Thresholds() {}

    /**
     * A tenant's policy for Bulwark. What the library has no counterpart of is put out of reach: consecutive failures,
     * slow calls, and openings that grow longer.
     */
    public static String policy() {
        return "{\"circuit\":{\"trip\":{\"failureRate\":" + FAILURE_RATE + ",\"minimumCalls\":" + CALLS_MIN
                + ",\"window\":\"" + WINDOW
                + "\",\"slowRate\":1,\"slowerThan\":\"PT1H\",\"consecutiveFailures\":100000},\"openFor\":\"" + OPEN_FOR
                + "\",\"openForMax\":\"" + OPEN_FOR + "\",\"probes\":" + PROBES + ",\"probeLease\":\"" + PROBE_LEASE
                + "\"}}";
    }

    /** The same in words. */
    public static String words() {
        return "opens at a failure rate of " + FAILURE_RATE + " over " + WINDOW + " with " + CALLS_MIN
                + " calls or more, stays open for " + OPEN_FOR + ", then " + PROBES + " probes";
    }
}
