package io.bulwark.node.service;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.pubsub.Topic;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.SingletonActor;
import io.bulwark.grammar.Name;
import io.bulwark.node.replica.Follower;
import io.bulwark.node.service.ServiceRegistry.Command;
import io.bulwark.service.ServiceCatalog;
import io.bulwark.service.ServicePolicy;
import io.bulwark.service.Services;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/** This node's copy of the registry. Soft: kept current by a {@link Follower}. */
public final class ServiceReplica implements Services {
    private static final Duration ASK_WITHIN = Duration.ofSeconds(3);
    /** A registry that recovers may have to wait for a database that is itself recovering. */
    private static final Duration FIRST_WITHIN = Duration.ofSeconds(90);

    private final ActorSystem<?> system;
    private final ActorRef<Command> registry;
    private final AtomicReference<ServiceCatalog> catalog = new AtomicReference<>(ServiceCatalog.EMPTY);

    private ServiceReplica(ActorSystem<?> system, ActorRef<Command> registry) {
        this.system = system;
        this.registry = registry;
    }

    /** Starts the registry's singleton manager, this node's copy, and what keeps the copy current. */
    public static ServiceReplica start(ActorSystem<?> system) {
        ActorRef<Topic.Command<ServiceCatalog>> topic =
                system.systemActorOf(Topic.create(ServiceCatalog.class, "services"), "services-topic", Props.empty());
        ActorRef<Command> registry =
                ClusterSingleton.get(system).init(SingletonActor.of(ServiceRegistry.create(topic), "services"));
        ServiceReplica replica = new ServiceReplica(system, registry);
        system.systemActorOf(
                Follower.of(
                        ServiceCatalog.class, topic, asker -> registry.tell(new Command.Show(asker)), replica::take),
                "services-follower",
                Props.empty());
        return replica;
    }

    /** Completes when this copy has been filled from the registry once. */
    public CompletionStage<Void> filled() {
        return AskPattern.ask(registry, Command.Show::new, FIRST_WITHIN, system.scheduler())
                .thenAccept(this::take);
    }

    @Override
    public Optional<Versioned> find(Name service) {
        return Optional.ofNullable(catalog.get().services().get(service.value()));
    }

    @Override
    public Collection<Versioned> all() {
        return catalog.get().services().values();
    }

    @Override
    public CompletionStage<Change> put(Name service, ServicePolicy policy, Precondition precondition) {
        return change(replyTo -> new Command.Put(replyTo, service, policy, precondition));
    }

    @Override
    public CompletionStage<Change> delete(Name service, Precondition precondition) {
        return change(replyTo -> new Command.Delete(replyTo, service, precondition));
    }

    private CompletionStage<Change> change(
            akka.japi.function.Function<ActorRef<ServiceRegistry.Reply>, Command> question) {
        return AskPattern.ask(registry, question, ASK_WITHIN, system.scheduler())
                .thenApply(reply -> {
                    take(reply.catalog());
                    return reply.change();
                });
    }

    /** Messages overtake each other: only a newer catalogue replaces the one that is held. */
    private void take(ServiceCatalog candidate) {
        catalog.updateAndGet(held -> candidate.lastVersion() > held.lastVersion() ? candidate : held);
    }
}
