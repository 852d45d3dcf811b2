package io.bulwark.node.scaling;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.pubsub.Topic;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.SingletonActor;
import io.bulwark.cluster.ClusterMembers;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.replica.Follower;
import io.bulwark.node.scaling.ScalingCoordinator.Command;
import io.bulwark.persistence.journal.JournalHead;
import io.bulwark.scaling.Decision;
import io.bulwark.scaling.MetricName;
import io.bulwark.scaling.Outlook;
import io.bulwark.scaling.Scaling;
import io.bulwark.scaling.ScalingPolicy;
import io.bulwark.scaling.ScalingView;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The scaling coordinator from this node: its singleton manager, the way to it, and a copy of what it last said, which a
 * {@link Follower} keeps current.
 */
public final class SharedScaling implements Scaling, AutoCloseable {
    private static final Duration ASK_WITHIN = Duration.ofSeconds(3);

    private final ActorSystem<?> system;
    private final ActorRef<Command> coordinator;
    private final AtomicReference<Optional<ScalingView>> view = new AtomicReference<>(Optional.empty());
    /** Outlives the view: a coordinator that has just begun has not evaluated anything, and may not have decided ever. */
    private final AtomicInteger desired = new AtomicInteger();

    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();

    private SharedScaling(ActorSystem<?> system, ActorRef<Command> coordinator) {
        this.system = system;
        this.coordinator = coordinator;
    }

    /**
     * What a node brings into it.
     *
     * @param target by which decisions are carried out while the coordinator lives here
     * @param serving whether this node takes calls
     */
    public record Given(
            MemberAddress self,
            ScaleTarget target,
            ClusterMembers members,
            JournalHead journal,
            Duration evaluateEvery,
            MeasuredLoad load,
            BooleanSupplier serving,
            InstantSource clock) {}

    /** Starts this node's part of it. */
    public static SharedScaling start(ActorSystem<?> system, Given given) {
        ActorRef<Topic.Command<ScalingView>> topic =
                system.systemActorOf(Topic.create(ScalingView.class, "scaling"), "scaling-topic", Props.empty());
        ScalingMeans means = new ScalingMeans(
                given.self(),
                given.target(),
                given.members(),
                given.journal()::sequence,
                given.evaluateEvery(),
                given.clock(),
                view -> topic.tell(Topic.publish(view)));
        ActorRef<Command> coordinator =
                ClusterSingleton.get(system).init(SingletonActor.of(ScalingCoordinator.create(means), "scaling"));
        SharedScaling shared = new SharedScaling(system, coordinator);
        system.systemActorOf(
                Follower.of(ScalingView.class, topic, asker -> coordinator.tell(new Command.Show(asker)), shared::take),
                "scaling-follower",
                Props.empty());
        system.systemActorOf(
                LoadReporter.create(given.self(), given.load(), given.serving(), coordinator, given.clock()),
                "load-reporter",
                Props.empty());
        return shared;
    }

    @Override
    public Optional<ScalingView> view() {
        return view.get();
    }

    /** How many nodes there should be by the last evaluation that this node heard of; 0 while that is not known. */
    public int desired() {
        return desired.get();
    }

    @Override
    public CompletionStage<PolicyReply> put(ScalingPolicy policy, Precondition precondition) {
        return ask((ActorRef<PolicyReply> replyTo) -> new Command.Put(replyTo, policy, precondition));
    }

    @Override
    public CompletionStage<List<Decision>> decisions(long before, int most) {
        return ask((ActorRef<ScalingCoordinator.Browsed> replyTo) -> new Command.Browse(replyTo, before, most))
                .thenApply(ScalingCoordinator.Browsed::decisions);
    }

    @Override
    public CompletionStage<EmergencyReply> emergency(EmergencyCall call) {
        return ask((ActorRef<EmergencyReply> replyTo) -> new Command.Urgent(replyTo, call));
    }

    @Override
    public CompletionStage<MetricReply> report(MetricName metric, double value, Duration validFor) {
        return ask((ActorRef<ScalingCoordinator.Taken> replyTo) -> new Command.Custom(replyTo, metric, value, validFor))
                .thenApply(taken -> taken.room() ? MetricReply.TAKEN : MetricReply.FULL);
    }

    private <T> CompletionStage<T> ask(akka.japi.function.Function<ActorRef<T>, Command> question) {
        return AskPattern.ask(coordinator, question, ASK_WITHIN, system.scheduler());
    }

    @Override
    public Runnable follow(long after, Consumer<Decision> decisions) {
        Listener listener = new Listener(after, decisions);
        listeners.add(listener);
        view().ifPresent(listener::see);
        return () -> listeners.remove(listener);
    }

    @Override
    public void close() {
        listeners.clear();
    }

    /** One that follows; each decision is handed over once, whichever thread brings it. */
    private static final class Listener {
        private final Consumer<Decision> decisions;
        private long last;

        Listener(long after, Consumer<Decision> decisions) {
            this.last = after;
            this.decisions = decisions;
        }

        synchronized void see(ScalingView seen) {
            for (Decision decision : seen.decisions()) {
                if (decision.number() > last) {
                    last = decision.number();
                    decisions.accept(decision);
                }
            }
        }
    }

    private void take(ScalingView candidate) {
        Optional<ScalingView> held = view.updateAndGet(
                before -> before.filter(it -> !candidate.isLaterThan(it)).or(() -> Optional.of(candidate)));
        held.ifPresent(current -> {
            int nodes = current.outlook().map(Outlook::desired).orElse(current.desired());
            desired.updateAndGet(before -> nodes > 0 ? nodes : before);
            listeners.forEach(listener -> listener.see(current));
        });
    }
}
