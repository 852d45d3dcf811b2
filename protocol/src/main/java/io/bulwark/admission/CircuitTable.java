package io.bulwark.admission;

import io.bulwark.circuit.Circuit;
import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.grammar.Name;
import io.bulwark.guard.CircuitReply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A tenant's circuits. Their positions and modes are journalled; their samples and probes are soft and start empty. */
final class CircuitTable {
    /** The most services that one tenant has a circuit to; calls to one more are refused as overloaded. */
    static final int CIRCUITS_MAX = 1_000;

    /** Small at first, because most tenants call few services. */
    private final Map<Name, Circuit> circuits = HashMap.newHashMap(1);

    CircuitTable(Map<String, Circuit.Hard> journalled) {
        journalled.forEach((service, hard) -> circuits.put(new Name(service), Circuit.restored(hard)));
    }

    boolean hasRoomFor(Name service) {
        return circuits.containsKey(service) || circuits.size() < CIRCUITS_MAX;
    }

    Circuit get(Name service, Instant now) {
        Circuit circuit = circuits.get(service);
        return circuit == null ? Circuit.fresh(now) : circuit;
    }

    void put(Name service, Circuit circuit) {
        circuits.put(service, circuit);
    }

    /** Lets go of samples that have left the window, which say nothing any more; safe to call at any time. */
    void forgetWhatIsOver(CircuitPolicy policy, Instant now) {
        circuits.replaceAll((_, circuit) -> circuit.withoutWhatIsOver(policy, now));
    }

    /** What operators are shown, by name of the service. */
    List<CircuitReply.View> views(CircuitPolicy policy, Instant now) {
        List<CircuitReply.View> views = new ArrayList<>();
        circuits.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> views.add(view(entry.getKey(), entry.getValue(), policy, now)));
        return views;
    }

    private static CircuitReply.View view(Name service, Circuit circuit, CircuitPolicy policy, Instant now) {
        Circuit.Counts counts = circuit.counts(policy, now);
        return new CircuitReply.View(
                service,
                circuit.mode(),
                circuit.state(now),
                circuit.since(now),
                circuit.retryAfter(now),
                counts.calls(),
                counts.failures(),
                counts.slow(),
                circuit.consecutiveFailures(),
                circuit.trips(),
                circuit.why());
    }
}
