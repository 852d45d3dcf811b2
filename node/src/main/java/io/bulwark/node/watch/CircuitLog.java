package io.bulwark.node.watch;

import io.bulwark.circuit.CircuitEvent;
import io.bulwark.grammar.Name;
import io.bulwark.node.guard.GuardActor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One log line and one count for each change of a circuit. */
public final class CircuitLog implements GuardActor.CircuitWatch {
    private static final Logger LOG = LoggerFactory.getLogger(CircuitLog.class);

    private final Counter opened;
    private final Counter closed;

    public CircuitLog(MeterRegistry meters) {
        this.opened = Counter.builder("bulwark.circuit.opened")
                .description("Circuits that opened")
                .register(meters);
        this.closed = Counter.builder("bulwark.circuit.closed")
                .description("Circuits that closed after their probes succeeded")
                .register(meters);
    }

    @Override
    public void changed(Name tenant, Name service, CircuitEvent event) {
        switch (event) {
            case CircuitEvent.Opened(var _, var until, int trips, String why) -> {
                opened.increment();
                LOG.warn("circuit of {} to {} opened until {} (trip {}): {}", tenant, service, until, trips, why);
            }
            case CircuitEvent.Closed _ -> {
                closed.increment();
                LOG.info("circuit of {} to {} closed", tenant, service);
            }
            case CircuitEvent.ModeSet(var _, var mode, String reason) ->
                LOG.info("circuit of {} to {} set to {}: {}", tenant, service, mode, reason);
        }
    }
}
