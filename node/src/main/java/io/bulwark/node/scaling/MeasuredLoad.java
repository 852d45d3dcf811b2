package io.bulwark.node.scaling;

import io.bulwark.http.server.CallStatistics;
import io.bulwark.persistence.ledger.LedgerMetrics;
import io.bulwark.scaling.Measure;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Reads what a node says of itself in a load report. For one reader. */
public final class MeasuredLoad {
    private static final double NANOS = 1e9;

    private final CallStatistics calls;
    private final Supplier<LedgerMetrics> ledger;
    private final IntSupplier guards;
    private final MeterRegistry meters;
    private long readNanos = System.nanoTime();
    private long commits;
    private long commitNanos;

    /**
     * @param guards how many are awake here
     * @param meters of which those of the JVM are read: processors and heap
     */
    public MeasuredLoad(
            CallStatistics calls, Supplier<LedgerMetrics> ledger, IntSupplier guards, MeterRegistry meters) {
        this.calls = calls;
        this.ledger = ledger;
        this.guards = guards;
        this.meters = meters;
    }

    /**
     * Everything since it was asked last, by the names of the measures; what is not known is left out.
     *
     * @param dispatcherDelaySeconds the longest that work waited for a thread
     */
    Map<String, Double> read(double dispatcherDelaySeconds) {
        Map<Measure, Double> values = new EnumMap<>(Measure.class);
        long now = System.nanoTime();
        double seconds = Math.max(1e-3, (now - readNanos) / NANOS);
        readNanos = now;
        readCalls(values, seconds);
        readLedger(values);
        values.put(Measure.DISPATCHER_DELAY, dispatcherDelaySeconds);
        values.put(Measure.GUARDS, (double) guards.getAsInt());
        values.put(Measure.CPU, gauge("process.cpu.usage"));
        values.put(Measure.MACHINE_CPU, gauge("system.cpu.usage"));
        values.put(Measure.HEAP, gauge("jvm.memory.usage.after.gc"));
        values.put(Measure.IN_FLIGHT, gauge("bulwark.http.calls.in.flight"));
        Map<String, Double> named = new HashMap<>();
        values.forEach((measure, value) -> {
            if (value >= 0 && !Double.isInfinite(value)) {
                named.put(measure.metric(), value);
            }
        });
        return named;
    }

    private void readCalls(Map<Measure, Double> values, double seconds) {
        CallStatistics.Interval interval = calls.take();
        values.put(Measure.CALLS_PER_SECOND, interval.calls() / seconds);
        values.put(Measure.REJECTED_PER_SECOND, interval.unavailable() / seconds);
        values.put(Measure.P50, interval.p50());
        values.put(Measure.P95, interval.p95());
        values.put(Measure.P99, interval.p99());
    }

    private void readLedger(Map<Measure, Double> values) {
        LedgerMetrics now = ledger.get();
        long since = now.commits() - commits;
        values.put(Measure.QUEUE_DEPTH, (double) now.queueDepth());
        values.put(Measure.COMMIT_LATENCY, since == 0 ? 0 : (now.commitNanos() - commitNanos) / NANOS / since);
        commits = now.commits();
        commitNanos = now.commitNanos();
    }

    /** Not a number, when there is no such gauge or it does not know. */
    private double gauge(String name) {
        Gauge gauge = meters.find(name).gauge();
        return gauge == null ? Double.NaN : gauge.value();
    }
}
