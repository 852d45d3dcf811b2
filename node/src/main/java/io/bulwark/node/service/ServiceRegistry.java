package io.bulwark.node.service;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.pubsub.Topic;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.RetentionCriteria;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bulwark.grammar.Name;
import io.bulwark.service.ServiceCatalog;
import io.bulwark.service.ServicePolicy;
import io.bulwark.service.Services.Change;
import io.bulwark.wire.CborMessage;
import io.bulwark.wire.Precondition;
import io.bulwark.wire.Step;
import java.time.Duration;

/** The actor around the {@link ServiceCatalog}: a cluster singleton that journals each change and tells every node. */
public final class ServiceRegistry
        extends EventSourcedBehavior<ServiceRegistry.Command, ServiceCatalog.Event, ServiceCatalog> {
    /** What the registry is asked. */
    public sealed interface Command extends CborMessage {
        /** Puts a service. */
        record Put(ActorRef<Reply> replyTo, Name name, ServicePolicy policy, Precondition precondition)
                implements Command {}

        /** Takes a service out. */
        record Delete(ActorRef<Reply> replyTo, Name name, Precondition precondition) implements Command {}

        /** All of them. */
        record Show(ActorRef<ServiceCatalog> replyTo) implements Command {}
    }

    /** What came of a change, and all services as they are after it. */
    public record Reply(
            @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
            @JsonSubTypes({
                @JsonSubTypes.Type(value = Change.Changed.class, name = "changed"),
                @JsonSubTypes.Type(value = Change.PreconditionFailed.class, name = "precondition-failed"),
                @JsonSubTypes.Type(value = Change.Absent.class, name = "absent"),
                @JsonSubTypes.Type(value = Change.Full.class, name = "full")
            })
            Change change,

            ServiceCatalog catalog)
            implements CborMessage {}

    private final ActorRef<Topic.Command<ServiceCatalog>> topic;

    /** The registry; the topic is told of the whole catalogue after each change. */
    public static Behavior<Command> create(ActorRef<Topic.Command<ServiceCatalog>> topic) {
        return Behaviors.setup(_ -> new ServiceRegistry(topic));
    }

    private ServiceRegistry(ActorRef<Topic.Command<ServiceCatalog>> topic) {
        super(
                PersistenceId.ofUniqueId("services"),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(3), 0.1));
        this.topic = topic;
    }

    @Override
    public ServiceCatalog emptyState() {
        return ServiceCatalog.EMPTY;
    }

    @Override
    public EventHandler<ServiceCatalog, ServiceCatalog.Event> eventHandler() {
        return ServiceCatalog::apply;
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(50, 2);
    }

    @Override
    public CommandHandler<Command, ServiceCatalog.Event, ServiceCatalog> commandHandler() {
        return (state, command) -> switch (command) {
            case Command.Put put ->
                change(state, state.put(put.name(), put.policy(), put.precondition()), put.replyTo());
            case Command.Delete delete ->
                change(state, state.delete(delete.name(), delete.precondition()), delete.replyTo());
            case Command.Show(ActorRef<ServiceCatalog> replyTo) -> {
                replyTo.tell(state);
                yield Effect().none();
            }
        };
    }

    private Effect<ServiceCatalog.Event, ServiceCatalog> change(
            ServiceCatalog state, Step<ServiceCatalog.Event, Change> step, ActorRef<Reply> replyTo) {
        if (step.events().isEmpty()) {
            replyTo.tell(new Reply(step.verdict(), state));
            return Effect().none();
        }
        return Effect().persist(step.events()).thenRun(after -> {
            replyTo.tell(new Reply(step.verdict(), after));
            topic.tell(Topic.publish(after));
        });
    }
}
