package io.bulwark.http.gateway;

import io.bulwark.grammar.Name;
import io.bulwark.service.ServicePolicy;
import io.bulwark.service.Services;
import io.bulwark.wire.Precondition;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The services that a test puts. */
final class FakeServices implements Services {
    private final Map<Name, Versioned> services = new ConcurrentHashMap<>();
    private final AtomicLong versions = new AtomicLong();

    void put(String name, ServicePolicy policy) {
        Name key = new Name(name);
        services.put(key, new Versioned(key, versions.incrementAndGet(), policy));
    }

    void remove(String name) {
        services.remove(new Name(name));
    }

    @Override
    public Optional<Versioned> find(Name service) {
        return Optional.ofNullable(services.get(service));
    }

    @Override
    public Collection<Versioned> all() {
        return services.values();
    }

    @Override
    public CompletionStage<Change> put(Name service, ServicePolicy policy, Precondition precondition) {
        throw new UnsupportedOperationException("The gateway changes no services");
    }

    @Override
    public CompletionStage<Change> delete(Name service, Precondition precondition) {
        throw new UnsupportedOperationException("The gateway changes no services");
    }
}
