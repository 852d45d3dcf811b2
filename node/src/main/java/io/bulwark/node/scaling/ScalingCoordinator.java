package io.bulwark.node.scaling;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.RetentionCriteria;
import akka.persistence.typed.javadsl.SignalHandler;
import io.bulwark.node.scaling.ScaleTarget.Order;
import io.bulwark.node.scaling.ScaleTarget.Size;
import io.bulwark.scaling.Autoscaler;
import io.bulwark.scaling.Decision;
import io.bulwark.scaling.Emergency;
import io.bulwark.scaling.LoadReport;
import io.bulwark.scaling.MetricName;
import io.bulwark.scaling.Outlook;
import io.bulwark.scaling.Scaling.EmergencyCall;
import io.bulwark.scaling.Scaling.EmergencyReply;
import io.bulwark.scaling.Scaling.PolicyReply;
import io.bulwark.scaling.ScalingEvent;
import io.bulwark.scaling.ScalingPolicy;
import io.bulwark.scaling.ScalingState;
import io.bulwark.scaling.ScalingView;
import io.bulwark.scaling.Watch;
import io.bulwark.wire.CborMessage;
import io.bulwark.wire.LocalOnly;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The actor around the {@link Autoscaler}: a cluster singleton that hears the load reports, evaluates them at a fixed
 * pace, journals what it decides and has a {@link ScaleTarget} carry it out. What it decided and is not so yet is decided
 * anew at each evaluation, so nothing is lost with an order that failed.
 *
 * <p>A former coordinator that was paused cannot act: it can journal nothing more, because the sequence numbers are taken,
 * and before an order is carried out the target asks whether the journal still is where this one left it.
 */
public final class ScalingCoordinator
        extends EventSourcedBehavior<ScalingCoordinator.Command, ScalingEvent, ScalingState> {
    /** In the journal. */
    public static final String PERSISTENCE_ID = "scaling";

    private static final Logger LOG = LoggerFactory.getLogger(ScalingCoordinator.class);
    /** Three reports of each node: one that says nothing for so long does not keep the others waiting. */
    private static final Duration LISTENS_FIRST = LoadReporter.EVERY.multipliedBy(3);

    private final ActorContext<Command> context;
    private final ScalingMeans means;
    private final TargetDesk desk;
    private final Gathered gathered = new Gathered();
    private Instant listensUntil = Instant.MIN;
    private Watch watch = Watch.NONE;
    private Optional<Outlook> outlook = Optional.empty();

    /** What it is told and asked. */
    sealed interface Command extends CborMessage {
        /** A node's load. */
        record Report(LoadReport report) implements Command {}

        /** What a client says a metric is. */
        record Custom(ActorRef<Taken> replyTo, MetricName metric, double value, Duration validFor) implements Command {}

        /** All that is shown. */
        record Show(ActorRef<ScalingView> replyTo) implements Command {}

        /** Puts the policy. */
        record Put(ActorRef<PolicyReply> replyTo, ScalingPolicy policy, Precondition precondition) implements Command {}

        /** Decisions, the latest first. */
        record Browse(ActorRef<Browsed> replyTo, long before, int most) implements Command {}

        /** An emergency. */
        record Urgent(ActorRef<EmergencyReply> replyTo, EmergencyCall call) implements Command {}

        /** It is time to evaluate. */
        record Tick() implements Command, LocalOnly {}

        /** What the target is set to, or why it does not say. */
        record Sized(Answer<Size> answer) implements Command, LocalOnly {}

        /** The target was set, or not. */
        record Scaled(Order order, Answer<Boolean> answer) implements Command, LocalOnly {}
    }

    /** Whether there was room for a custom metric. */
    record Taken(boolean room) implements CborMessage {}

    /** A part of the decisions. */
    record Browsed(List<Decision> decisions) implements CborMessage {}

    /** What a target answered. */
    sealed interface Answer<T> {
        record Fine<T>(T value) implements Answer<T> {}

        record Failed<T>(TargetTrouble trouble) implements Answer<T> {}
    }

    static Behavior<Command> create(ScalingMeans means) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new Command.Tick(), means.evaluateEvery());
            return new ScalingCoordinator(context, means);
        }));
    }

    private ScalingCoordinator(ActorContext<Command> context, ScalingMeans means) {
        super(
                PersistenceId.ofUniqueId(PERSISTENCE_ID),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(3), 0.1));
        this.context = context;
        this.means = means;
        this.desk = new TargetDesk(context, means);
    }

    @Override
    public ScalingState emptyState() {
        return ScalingState.EMPTY;
    }

    @Override
    public EventHandler<ScalingState, ScalingEvent> eventHandler() {
        return ScalingState::apply;
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(200, 2);
    }

    @Override
    public SignalHandler<ScalingState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), state -> {
                    listensUntil = now().plus(LISTENS_FIRST);
                    desk.written(lastSequenceNumber(context));
                    LOG.info(
                            "scaling: this node is the coordinator, target '{}', policy version {}",
                            means.target().name(),
                            state.version());
                    publish(state);
                })
                .build();
    }

    @Override
    public CommandHandler<Command, ScalingEvent, ScalingState> commandHandler() {
        return (state, command) -> switch (command) {
            case Command.Report(LoadReport report) -> done(() -> gathered.heard(report, now()));
            case Command.Custom custom ->
                done(() -> custom.replyTo()
                        .tell(new Taken(
                                gathered.reported(custom.metric(), custom.value(), now().plus(custom.validFor())))));
            case Command.Show(ActorRef<ScalingView> replyTo) -> done(() -> replyTo.tell(view(state)));
            case Command.Put put -> put(state, put);
            case Command.Browse browse -> done(() -> browse.replyTo().tell(browsed(state, browse)));
            case Command.Urgent(ActorRef<EmergencyReply> replyTo, EmergencyCall call) -> urgent(state, replyTo, call);
            case Command.Tick() -> done(() -> look(state));
            case Command.Sized(Answer<Size> answer) -> sized(state, answer);
            case Command.Scaled(Order order, Answer<Boolean> answer) -> scaled(state, order, answer);
        };
    }

    /**
     * Evaluates, unless it has only begun to listen: what it does not know yet would look like no load, and it would take
     * back what another coordinator has decided. An emergency does not wait.
     */
    private void look(ScalingState state) {
        if (state.emergency().isPresent()
                || !now().isBefore(listensUntil)
                || gathered.isComplete(means.members().view())) {
            desk.askSize();
        }
    }

    private Effect<ScalingEvent, ScalingState> done(Runnable work) {
        work.run();
        return Effect().none();
    }

    private Effect<ScalingEvent, ScalingState> put(ScalingState state, Command.Put put) {
        if (!put.precondition().holds(true, state.version())) {
            put.replyTo().tell(new PolicyReply.PreconditionFailed());
            return Effect().none();
        }
        long version = state.version() + 1;
        return journal(List.of(new ScalingEvent.PolicyPut(version, put.policy())), after -> {
            LOG.info("scaling: policy version {} is in force", version);
            put.replyTo().tell(new PolicyReply.Put(version));
            look(after);
        });
    }

    private static Browsed browsed(ScalingState state, Command.Browse browse) {
        return new Browsed(state.decisions().stream()
                .filter(decision -> decision.number() < browse.before())
                .sorted(Comparator.comparingLong(Decision::number).reversed())
                .limit(browse.most())
                .toList());
    }

    private Effect<ScalingEvent, ScalingState> urgent(
            ScalingState state, ActorRef<EmergencyReply> replyTo, EmergencyCall call) {
        return switch (call) {
            case EmergencyCall.ScaleTo order -> ordered(state, replyTo, order);
            case EmergencyCall.Cancel(String reason) -> cancelled(state, replyTo, reason);
        };
    }

    private Effect<ScalingEvent, ScalingState> ordered(
            ScalingState state, ActorRef<EmergencyReply> replyTo, EmergencyCall.ScaleTo order) {
        Emergency emergency;
        try {
            emergency = new Emergency(order.nodes(), order.force(), order.reason(), now(), order.until());
        } catch (IllegalArgumentException e) {
            return done(() -> replyTo.tell(new EmergencyReply.Refused(String.valueOf(e.getMessage()))));
        }
        return journal(List.of(new ScalingEvent.EmergencyDeclared(emergency)), after -> {
            int nodes = Math.min(
                    emergency.nodes(),
                    emergency.force() ? emergency.nodes() : state.policy().maximum());
            LOG.warn("scaling: emergency, {} nodes until {}: {}", nodes, emergency.until(), emergency.reason());
            replyTo.tell(new EmergencyReply.Ordered(nodes, emergency.until()));
            look(after);
        });
    }

    private Effect<ScalingEvent, ScalingState> cancelled(
            ScalingState state, ActorRef<EmergencyReply> replyTo, String reason) {
        if (state.emergency().isEmpty()) {
            return done(() -> replyTo.tell(new EmergencyReply.NoEmergency()));
        }
        return journal(List.of(new ScalingEvent.EmergencyEnded(now(), reason)), after -> {
            LOG.warn("scaling: the emergency is over: {}", reason);
            replyTo.tell(new EmergencyReply.Cancelled());
            look(after);
        });
    }

    private Effect<ScalingEvent, ScalingState> sized(ScalingState state, Answer<Size> answer) {
        desk.answered();
        return switch (answer) {
            case Answer.Failed<Size>(TargetTrouble trouble) ->
                done(() -> {
                    desk.failed(trouble);
                    publish(state);
                });
            case Answer.Fine<Size>(Size said) -> evaluated(state, said);
        };
    }

    private Effect<ScalingEvent, ScalingState> evaluated(ScalingState state, Size said) {
        Instant now = now();
        int size = desk.believed(state, said, now);
        var seen = gathered.observed(size, means.members().view());
        Autoscaler.Evaluation evaluation = Autoscaler.evaluate(state, watch, seen, now);
        ScalingState decided = evaluation.events().stream().reduce(state, ScalingState::apply, (one, other) -> other);
        Optional<Order> order = desk.order(decided, new Size(size, said.version()), evaluation.outlook());
        List<ScalingEvent> events = new ArrayList<>(evaluation.events());
        if (order.isPresent() && !means.target().remembers()) {
            events.add(new ScalingEvent.Resized(now, size, order.get().to()));
        }
        return journal(events, after -> {
            watch = evaluation.watch();
            outlook = Optional.of(evaluation.outlook());
            evaluation.events().forEach(ScalingCoordinator::log);
            desk.looked(after, seen, now);
            order.ifPresentOrElse(desk::give, desk::atRest);
        });
    }

    private Effect<ScalingEvent, ScalingState> scaled(ScalingState state, Order order, Answer<Boolean> answer) {
        desk.answered();
        return switch (answer) {
            case Answer.Failed<Boolean>(TargetTrouble trouble) ->
                done(() -> {
                    desk.failed(trouble);
                    publish(state);
                });
            case Answer.Fine<Boolean>(Boolean set) -> {
                desk.carriedOut(order);
                yield state.size() == order.to()
                        ? done(() -> publish(state))
                        : journal(List.of(new ScalingEvent.Resized(now(), state.size(), order.to())), after -> {});
            }
        };
    }

    private Effect<ScalingEvent, ScalingState> journal(
            List<ScalingEvent> events, akka.japi.function.Procedure<ScalingState> then) {
        return Effect().persist(events).thenRun(after -> {
            desk.written(lastSequenceNumber(context));
            then.apply(after);
            publish(after);
        });
    }

    private static void log(ScalingEvent event) {
        if (event instanceof ScalingEvent.Decided(Decision decision)) {
            LOG.info("scaling: decision {} ({}): {}", decision.number(), decision.kind(), decision.reason());
        }
    }

    private void publish(ScalingState state) {
        means.publish().accept(view(state));
    }

    private ScalingView view(ScalingState state) {
        List<Decision> all = state.decisions();
        return new ScalingView(
                means.self(),
                lastSequenceNumber(context),
                now(),
                state.version(),
                state.policy(),
                means.target().name(),
                desk.trouble(),
                outlook,
                state.desired(),
                state.emergency(),
                gathered.shown(),
                all.subList(Math.max(0, all.size() - ScalingView.DECISIONS_MAX), all.size()));
    }

    private Instant now() {
        return means.clock().instant();
    }
}
