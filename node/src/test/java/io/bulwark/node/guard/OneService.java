package io.bulwark.node.guard;

import io.bulwark.grammar.Name;
import io.bulwark.service.ServicePolicy;
import io.bulwark.service.Services;
import io.bulwark.wire.Precondition;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A catalogue of one service, {@code payments}. */
record OneService(String target) implements Services {
    @Override
    public Optional<Versioned> find(Name service) {
        return all().stream().filter(line -> line.name().equals(service)).findFirst();
    }

    @Override
    public Collection<Versioned> all() {
        return List.of(new Versioned(
                new Name("payments"),
                1,
                new ServicePolicy(
                        List.of(URI.create(target)),
                        ServicePolicy.Balance.ROUND_ROBIN,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(5),
                        512,
                        Optional.empty(),
                        ServicePolicy.Recording.DEFAULT)));
    }

    @Override
    public CompletionStage<Change> put(Name service, ServicePolicy policy, Precondition precondition) {
        throw new IllegalStateException("Nobody changes services here");
    }

    @Override
    public CompletionStage<Change> delete(Name service, Precondition precondition) {
        throw new IllegalStateException("Nobody changes services here");
    }
}
