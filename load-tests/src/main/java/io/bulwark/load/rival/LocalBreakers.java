package io.bulwark.load.rival;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Circuits of this process alone, kept by Resilience4j. */
final class LocalBreakers implements Breakers {
    private final CircuitBreakerRegistry circuits = CircuitBreakerRegistry.of(CircuitBreakerConfig.custom()
            .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.TIME_BASED)
            .slidingWindowSize((int) Thresholds.WINDOW.toSeconds())
            .minimumNumberOfCalls(Thresholds.CALLS_MIN)
            .failureRateThreshold((float) (Thresholds.FAILURE_RATE * 100))
            .waitDurationInOpenState(Thresholds.OPEN_FOR)
            .permittedNumberOfCallsInHalfOpenState(Thresholds.PROBES)
            .maxWaitDurationInHalfOpenState(Thresholds.PROBE_LEASE)
            .build());

    @Override
    public CompletionStage<Optional<Leave>> ask(String tenant) {
        CircuitBreaker circuit = circuits.circuitBreaker(tenant);
        return CompletableFuture.completedFuture(
                circuit.tryAcquirePermission()
                        ? Optional.of((well, took) -> end(circuit, well, took))
                        : Optional.empty());
    }

    private static void end(CircuitBreaker circuit, boolean well, Duration took) {
        if (well) {
            circuit.onSuccess(took.toNanos(), TimeUnit.NANOSECONDS);
        } else {
            circuit.onError(took.toNanos(), TimeUnit.NANOSECONDS, new IllegalStateException("The service failed"));
        }
    }
}
