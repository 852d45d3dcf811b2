package io.bulwark.http.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Times calls by route and class of status. There is no tag for tenants, services or whatever else a client can invent,
 * so that the number of series is bounded by the route table.
 */
final class CallMetrics {
    private static final String UNROUTED = "none";

    private final MeterRegistry meters;
    private final CallStatistics statistics;
    private final Counter degraded;
    private final Map<String, Timer[]> timers = new ConcurrentHashMap<>();

    CallMetrics(MeterRegistry meters, CallStatistics statistics, List<Route> routes) {
        this.meters = meters;
        this.statistics = statistics;
        this.degraded = Counter.builder("bulwark.calls.degraded")
                .description("Calls that this node answered by itself, because the tenant's guard could not be asked")
                .register(meters);
        routes.forEach(route -> timers.put(key(route), timers(route.method(), route.template())));
        timers.put(UNROUTED, timers(UNROUTED, UNROUTED));
    }

    Timer.Sample start() {
        return Timer.start(meters);
    }

    void stop(Timer.Sample sample, String key, int status) {
        Timer[] byClass = timers.get(key);
        if (byClass != null) {
            statistics.answered(sample.stop(byClass[Math.clamp(status / 100, 1, byClass.length) - 1]), status);
        }
    }

    void degraded() {
        degraded.increment();
    }

    /** What stands for a route here. */
    static String key(Route route) {
        return route.method() + " " + route.template();
    }

    /** What stands for calls that found no route. */
    static String unrouted() {
        return UNROUTED;
    }

    private Timer[] timers(String method, String template) {
        Timer[] byClass = new Timer[5];
        for (int i = 0; i < byClass.length; i++) {
            byClass[i] = Timer.builder("bulwark.http.calls")
                    .description(
                            "Calls to the service listener, from the end of the head to the beginning of the answer")
                    .tag("method", method)
                    .tag("route", template)
                    .tag("status", (i + 1) + "xx")
                    .register(meters);
        }
        return byClass;
    }
}
