package io.bulwark.http;

import io.bulwark.grammar.Name;
import io.bulwark.service.ServicePolicy;
import io.bulwark.service.Services;
import io.bulwark.wire.Precondition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;

/** A registry in memory with room for three services, which can be away. */
final class StandInServices implements Services {
    private static final int ROOM = 3;

    volatile boolean away;
    private final Map<Name, Versioned> services = new ConcurrentHashMap<>();
    private long versions;

    @Override
    public Optional<Versioned> find(Name service) {
        return Optional.ofNullable(services.get(service));
    }

    @Override
    public Collection<Versioned> all() {
        return List.copyOf(services.values());
    }

    @Override
    public CompletionStage<Change> put(Name service, ServicePolicy policy, Precondition precondition) {
        return away ? gone() : CompletableFuture.completedStage(putNow(service, policy, precondition));
    }

    @Override
    public CompletionStage<Change> delete(Name service, Precondition precondition) {
        return away ? gone() : CompletableFuture.completedStage(deleteNow(service, precondition));
    }

    private synchronized Change putNow(Name service, ServicePolicy policy, Precondition precondition) {
        if (!holds(service, precondition)) {
            return new Change.PreconditionFailed();
        }
        boolean created = !services.containsKey(service);
        if (created && services.size() == ROOM) {
            return new Change.Full();
        }
        services.put(service, new Versioned(service, ++versions, policy));
        return new Change.Changed(versions, created);
    }

    private synchronized Change deleteNow(Name service, Precondition precondition) {
        if (!services.containsKey(service)) {
            return new Change.Absent();
        }
        if (!holds(service, precondition)) {
            return new Change.PreconditionFailed();
        }
        services.remove(service);
        return new Change.Changed(++versions, false);
    }

    private boolean holds(Name service, Precondition precondition) {
        Versioned stored = services.get(service);
        return precondition.holds(stored != null, stored == null ? 0 : stored.version());
    }

    private static CompletionStage<Change> gone() {
        return CompletableFuture.failedStage(new TimeoutException("the registry is away"));
    }
}
