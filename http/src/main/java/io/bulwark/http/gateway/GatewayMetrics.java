package io.bulwark.http.gateway;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What the gateway counts. No label names a tenant or a key, so that there are as many series as there are kinds of
 * endings.
 *
 * <ul>
 *   <li>{@code bulwark.gateway.calls}, by {@code outcome}: {@code answered}, {@code replayed}, or the problem's name
 *   <li>{@code bulwark.gateway.service.time}: from sending to the head of the answer
 *   <li>{@code bulwark.gateway.calls.in.flight} and {@code bulwark.gateway.service.in.flight}
 * </ul>
 */
final class GatewayMetrics {
    private final MeterRegistry registry;
    private final Timer serviceTime;

    GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.serviceTime = Timer.builder("bulwark.gateway.service.time")
                .description("From sending a call to a service to the head of its answer")
                .publishPercentileHistogram()
                .register(registry);
    }

    void ended(String outcome) {
        registry.counter("bulwark.gateway.calls", "outcome", outcome).increment();
    }

    void serviceAnswered(Duration took) {
        serviceTime.record(took);
    }

    void inFlight(Supplier<Number> calls, Supplier<Number> withServices) {
        Gauge.builder("bulwark.gateway.calls.in.flight", calls).register(registry);
        Gauge.builder("bulwark.gateway.service.in.flight", withServices).register(registry);
    }
}
