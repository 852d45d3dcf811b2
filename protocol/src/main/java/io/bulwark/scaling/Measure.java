package io.bulwark.scaling;

/** What a node measures of itself and says in each load report. */
public enum Measure {
    /** The part of the processors that this process may use that it used, 0 to 1; limits of a container count. */
    CPU("cpu", Unit.SHARE),
    /** The part of the machine's processors that is in use by anybody, 0 to 1. */
    MACHINE_CPU("machineCpu", Unit.SHARE),
    /** The part of the largest heap that was in use after the last collection, 0 to 1. */
    HEAP("heap", Unit.SHARE),
    /** Calls answered per second. */
    CALLS_PER_SECOND("callsPerSecond", Unit.AMOUNT),
    /** Calls being answered. */
    IN_FLIGHT("inFlight", Unit.AMOUNT),
    /** Half of the calls of the last seconds took no longer, in seconds. */
    P50("p50", Unit.AMOUNT),
    /** 95 % of the calls took no longer, in seconds. */
    P95("p95", Unit.AMOUNT),
    /** 99 % of the calls took no longer, in seconds. */
    P99("p99", Unit.AMOUNT),
    /** How long work waits for a thread of the pool that answers calls, in seconds. */
    DISPATCHER_DELAY("dispatcherDelay", Unit.AMOUNT),
    /** Operations that wait for a commit of the ledger. */
    QUEUE_DEPTH("queueDepth", Unit.AMOUNT),
    /** What a commit of the ledger takes, in seconds. */
    COMMIT_LATENCY("commitLatency", Unit.AMOUNT),
    /** Calls per second that were answered 503, whatever was unavailable; 429 of limits do not count. */
    REJECTED_PER_SECOND("rejectedPerSecond", Unit.AMOUNT),
    /** Guards that are awake. */
    GUARDS("guards", Unit.AMOUNT);

    private final String metric;
    private final Unit unit;

    /** What a value may be. */
    public enum Unit {
        /** 0 to 1. */
        SHARE,
        /** 0 or more. */
        AMOUNT
    }

    Measure(String metric, Unit unit) {
        this.metric = metric;
        this.unit = unit;
    }

    /** As policies and reports write it. */
    public String metric() {
        return metric;
    }

    /** What its values may be. */
    public Unit unit() {
        return unit;
    }
}
