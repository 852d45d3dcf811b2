package io.bulwark.service;

import io.bulwark.grammar.Name;
import io.bulwark.service.Services.Change;
import io.bulwark.service.Services.Versioned;
import io.bulwark.wire.CborMessage;
import io.bulwark.wire.Precondition;
import io.bulwark.wire.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All services with their versions: the pure core and the hard state of the registry.
 *
 * @param lastVersion the highest version given out so far; versions are counted over all services, so that none is ever
 *     used twice for one name
 * @param services by name
 */
public record ServiceCatalog(long lastVersion, Map<String, Versioned> services) implements CborMessage {
    /** The most services that a cluster knows. */
    public static final int SERVICES_MAX = 1_000;

    /** Without services. */
    public static final ServiceCatalog EMPTY = new ServiceCatalog(0, Map.of());

    public ServiceCatalog {
        services = Map.copyOf(services);
    }

    /** What is journalled of the registry. */
    public sealed interface Event extends CborMessage {
        /** An operator put a service. */
        record ServicePut(Versioned service) implements Event {}

        /** An operator took a service out. */
        record ServiceDeleted(Name name, long version) implements Event {}
    }

    /** Puts a service, if the precondition holds and there is room. */
    public Step<Event, Change> put(Name name, ServicePolicy policy, Precondition precondition) {
        Versioned before = services.get(name.value());
        if (!precondition.holds(before != null, before == null ? 0 : before.version())) {
            return Step.of(new Change.PreconditionFailed());
        }
        if (before == null && services.size() >= SERVICES_MAX) {
            return Step.of(new Change.Full());
        }
        Versioned after = new Versioned(name, lastVersion + 1, policy);
        return new Step<>(List.of(new Event.ServicePut(after)), new Change.Changed(after.version(), before == null));
    }

    /** Takes a service out, if the precondition holds. */
    public Step<Event, Change> delete(Name name, Precondition precondition) {
        Versioned before = services.get(name.value());
        if (before == null) {
            return Step.of(
                    precondition instanceof Precondition.None ? new Change.Absent() : new Change.PreconditionFailed());
        }
        if (!precondition.holds(true, before.version())) {
            return Step.of(new Change.PreconditionFailed());
        }
        long version = lastVersion + 1;
        return new Step<>(List.of(new Event.ServiceDeleted(name, version)), new Change.Changed(version, false));
    }

    /** The only way in which the catalogue changes. */
    public ServiceCatalog apply(Event event) {
        Map<String, Versioned> after = new HashMap<>(services);
        return switch (event) {
            case Event.ServicePut(Versioned service) -> {
                after.put(service.name().value(), service);
                yield new ServiceCatalog(service.version(), after);
            }
            case Event.ServiceDeleted(Name name, long version) -> {
                after.remove(name.value());
                yield new ServiceCatalog(version, after);
            }
        };
    }
}
