package io.bulwark.node.watch;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import io.bulwark.http.health.Readiness;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmHeapPressureMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a node measures of itself, for those parts that Akka makes and that cannot be handed anything: the endpoints of
 * Management. No meter carries a tenant's name, so that their number does not grow with the tenants.
 */
public final class Telemetry implements Extension {
    private static final ExtensionId<Telemetry> ID = new ExtensionId<>() {
        @Override
        public Telemetry createExtension(ActorSystem<?> system) {
            return new Telemetry();
        }
    };

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicReference<Readiness> readiness = new AtomicReference<>(
            () -> List.of(new Readiness.Check("node", false, "is still starting: wait for its start-up line")));

    private Telemetry() {
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        // Registers a listener with the collectors for as long as the process lives, which is as long as this.
        JvmGcMetrics collections = new JvmGcMetrics();
        collections.bindTo(meters);
        JvmHeapPressureMetrics pressure = new JvmHeapPressureMetrics();
        pressure.bindTo(meters);
    }

    /** The one of this actor system. */
    public static Telemetry get(ActorSystem<?> system) {
        return system.registerExtension(ID);
    }

    public PrometheusMeterRegistry meters() {
        return meters;
    }

    /** What Management answers to {@code /ready}; not ready until this is set. */
    public void readiness(Readiness checks) {
        readiness.set(checks);
    }

    public Readiness readiness() {
        return readiness.get();
    }
}
