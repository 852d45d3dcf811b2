package io.bulwark.node.guard;

import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;
import akka.actor.typed.BackoffSupervisorStrategy;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.SnapshotAdapter;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.RetentionCriteria;
import akka.persistence.typed.javadsl.SignalHandler;
import io.bulwark.admission.Admitting;
import io.bulwark.admission.GuardEvent;
import io.bulwark.admission.GuardState;
import io.bulwark.admission.TenantGuard;
import io.bulwark.admission.Wake;
import io.bulwark.circuit.CircuitEvent;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardCommand.Acquire;
import io.bulwark.guard.GuardCommand.Admit;
import io.bulwark.guard.GuardCommand.DeletePolicy;
import io.bulwark.guard.GuardCommand.Lapse;
import io.bulwark.guard.GuardCommand.PermitCircuit;
import io.bulwark.guard.GuardCommand.PutPolicy;
import io.bulwark.guard.GuardCommand.ReportCircuit;
import io.bulwark.guard.GuardCommand.Reserve;
import io.bulwark.guard.GuardCommand.Restored;
import io.bulwark.guard.GuardCommand.SetCircuitMode;
import io.bulwark.guard.GuardCommand.Settle;
import io.bulwark.guard.GuardCommand.SettleReservation;
import io.bulwark.guard.GuardCommand.ShowCircuits;
import io.bulwark.guard.GuardCommand.ShowPolicy;
import io.bulwark.guard.GuardCommand.Sleep;
import io.bulwark.tenant.TenantDirectory;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The actor around one tenant's {@link TenantGuard}: decide, persist the events, reply. It holds no rule of its own. A
 * failed persist stops it, because a failed write is an unknown one; it comes back from its journal with backoff.
 */
public final class GuardActor extends EventSourcedBehavior<GuardCommand, GuardEvent, GuardState> {
    /** Events between snapshots: recovery reads at most about this many. */
    private static final int SNAPSHOT_EVERY = 200;

    /** One for all, as the policies are: a hundred thousand guards are awake in one node. */
    private static final RetentionCriteria RETENTION = RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY, 2);

    private static final BackoffSupervisorStrategy ON_FAILED_PERSIST = SupervisorStrategy.restartWithBackoff(
                    Duration.ofMillis(200), Duration.ofSeconds(3), 0.1)
            .withStashCapacity(1_000);

    private static final SharedPolicies POLICIES = SharedPolicies.OF_THIS_NODE;

    private final Name tenant;
    private final Surroundings around;
    private final ActorContext<GuardCommand> context;
    /** Made with the first and let go with the last, because mostly nobody waits. */
    private Map<Long, ActorRef<Admission>> waiters = Map.of();

    private TenantGuard guard;
    private Optional<Alarm> alarm = Optional.empty();

    /** What a guard is given: time and randomness as sources, the directory to tell, and who is told of trips. */
    public record Surroundings(
            InstantSource clock, RandomGenerator random, TenantDirectory directory, CircuitWatch watch) {}

    /** When something lapses next, and what will say so then. */
    private record Alarm(Instant at, Cancellable timer) {}

    /** Is told of every change of a circuit, for logs and metrics. */
    public interface CircuitWatch {
        void changed(Name tenant, Name service, CircuitEvent event);
    }

    /** The guard of one tenant. */
    public static Behavior<GuardCommand> create(Name tenant, Surroundings around) {
        return Behaviors.setup(context -> new GuardActor(tenant, around, context));
    }

    /** The persistence id of a tenant's guard: {@code guard|<tenant>}, on which the database's row security rests. */
    public static PersistenceId persistenceId(Name tenant) {
        return PersistenceId.of("guard", tenant.value());
    }

    private GuardActor(Name tenant, Surroundings around, ActorContext<GuardCommand> context) {
        super(persistenceId(tenant), ON_FAILED_PERSIST);
        this.tenant = tenant;
        this.around = around;
        this.context = context;
        this.guard = fresh(GuardState.EMPTY);
    }

    @Override
    public GuardState emptyState() {
        return GuardState.EMPTY;
    }

    @Override
    public EventHandler<GuardState, GuardEvent> eventHandler() {
        return (state, event) -> state.apply(POLICIES.shared(event));
    }

    /** Events are not deleted here but swept, see {@code io.bulwark.persistence.journal.JournalSweeper}. */
    @Override
    public RetentionCriteria retentionCriteria() {
        return RETENTION;
    }

    @Override
    public SnapshotAdapter<GuardState> snapshotAdapter() {
        return POLICIES;
    }

    @Override
    public SignalHandler<GuardState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.class, (state, _) -> recovered(state))
                .build();
    }

    @Override
    public CommandHandler<GuardCommand, GuardEvent, GuardState> commandHandler() {
        return (_, command) -> handle(command);
    }

    private Effect<GuardEvent, GuardState> handle(GuardCommand command) {
        Instant now = around.clock().instant();
        return switch (command) {
            case Admit admit -> admit(admit, now);
            case Settle(String permit, var outcome, Duration took) -> settle(guard.settle(permit, outcome, took, now));
            case Acquire ask -> reply(guard.limits().acquire(ask.items(), ask.ahead(), now), ask.replyTo());
            case Reserve ask ->
                reply(guard.limits().reserve(ask.limit(), ask.cost(), ask.expiresIn(), now), ask.replyTo());
            case SettleReservation ask ->
                reply(guard.limits().settle(ask.limit(), ask.reservation(), ask.cost(), now), ask.replyTo());
            case PermitCircuit ask -> reply(guard.permitCircuit(ask.service(), ask.lease(), now), ask.replyTo());
            case ReportCircuit ask ->
                reply(guard.reportCircuit(ask.service(), ask.permit(), ask.outcome(), ask.took(), now), ask.replyTo());
            case ShowCircuits ask -> reply(Step.of(guard.showCircuits(now)), ask.replyTo());
            case SetCircuitMode ask ->
                reply(guard.setCircuitMode(ask.service(), ask.mode(), ask.reason(), now), ask.replyTo());
            case ShowPolicy ask -> reply(Step.of(guard.showPolicy()), ask.replyTo());
            case PutPolicy ask ->
                reply(guard.putPolicy(POLICIES.shared(ask.policy()), ask.precondition()), ask.replyTo());
            case DeletePolicy ask -> reply(guard.deletePolicy(ask.precondition()), ask.replyTo());
            case Restored ask -> reply(guard.restored(ask.versionsUsed()), ask.replyTo());
            case Lapse() -> lapse(now);
            case Sleep() -> sleep(now);
        };
    }

    private Effect<GuardEvent, GuardState> admit(Admit admit, Instant now) {
        Step<GuardEvent, Admitting> step = guard.admit(admit, now);
        return durably(step.events(), () -> {
            switch (step.verdict()) {
                case Admitting.Answered(Admission answer) -> admit.replyTo().tell(answer);
                case Admitting.Waiting(long waiter, Instant _) -> {
                    waiters = waiters.isEmpty() ? new HashMap<>() : waiters;
                    waiters.put(waiter, admit.replyTo());
                }
            }
            scheduleLapse();
        });
    }

    private Effect<GuardEvent, GuardState> settle(Step<GuardEvent, List<Wake>> step) {
        return durably(step.events(), () -> wake(step.verdict()));
    }

    private <R> Effect<GuardEvent, GuardState> reply(Step<GuardEvent, ? extends R> step, ActorRef<R> replyTo) {
        return durably(step.events(), () -> {
            replyTo.tell(step.verdict());
            scheduleLapse();
        });
    }

    /** The one way to the journal: what comes after a decision happens only once its events are durable. */
    private Effect<GuardEvent, GuardState> durably(List<GuardEvent> events, Runnable then) {
        if (events.isEmpty()) {
            then.run();
            return Effect().none();
        }
        return Effect().persist(events).thenRun(_ -> {
            events.forEach(this::applied);
            then.run();
        });
    }

    private void applied(GuardEvent event) {
        guard.applied(event, around.clock().instant());
        switch (event) {
            case GuardEvent.PolicyPut(long version, TenantPolicy policy) ->
                around.directory().put(tenant, version, policy);
            case GuardEvent.PolicyDeleted(long version) -> around.directory().remove(tenant, version);
            case GuardEvent.CircuitChanged(Name service, CircuitEvent changed) ->
                around.watch().changed(tenant, service, changed);
            case GuardEvent.LimitReserved _, GuardEvent.LevelsParked _ -> {}
        }
    }

    private Effect<GuardEvent, GuardState> lapse(Instant now) {
        takeBackAlarm();
        wake(guard.lapse(now));
        scheduleLapse();
        return Effect().none();
    }

    /** Always stops: a guard that did not would keep its shard from moving. */
    private Effect<GuardEvent, GuardState> sleep(Instant now) {
        List<GuardEvent> parked = guard.park(now);
        return parked.isEmpty() ? Effect().stop() : Effect().persist(parked).thenStop();
    }

    private void wake(List<Wake> wakes) {
        for (Wake wake : wakes) {
            ActorRef<Admission> waiter = waiters.get(wake.waiter());
            if (waiter != null) {
                waiters.remove(wake.waiter());
                waiter.tell(wake.reply());
            }
        }
        waiters = waiters.isEmpty() ? Map.of() : waiters;
    }

    /**
     * One timer for everything that can lapse, set to the earliest; most permits are settled long before it fires. Not
     * Akka's own timers, which would keep another layer around each guard.
     */
    private void scheduleLapse() {
        Optional<Instant> next = guard.nextLapse();
        if (next.isEmpty()
                || (alarm.isPresent() && !next.get().isBefore(alarm.get().at()))) {
            return;
        }
        takeBackAlarm();
        Duration until = Duration.between(around.clock().instant(), next.get());
        Duration positive = until.isPositive() ? until : Duration.ofMillis(1);
        alarm = Optional.of(new Alarm(next.get(), context.scheduleOnce(positive, context.getSelf(), new Lapse())));
    }

    /** One that was on its way already comes all the same, and finds nothing that has lapsed. */
    private void takeBackAlarm() {
        alarm.ifPresent(set -> set.timer().cancel());
        alarm = Optional.empty();
    }

    private void recovered(GuardState state) {
        // After a failed persist this object is used again: whatever was soft is gone, and who waited asks again.
        waiters = Map.of();
        takeBackAlarm();
        guard = fresh(state);
        // The directory is written after the journal; a guard that died between the two makes up for it here.
        state.policy().ifPresent(policy -> around.directory().put(tenant, state.version(), policy));
        context.getLog().debug("guard of {} recovered at version {}", tenant, state.version());
    }

    private TenantGuard fresh(GuardState state) {
        return new TenantGuard(
                state,
                ((long) around.random().nextInt(Integer.MAX_VALUE)) << 32,
                around.clock().instant());
    }
}
