package io.bulwark.http;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import io.bulwark.grammar.Name;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardSilentException;
import io.bulwark.guard.GuardSilentException.Why;
import io.bulwark.guard.Guards;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.PolicyReply;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** One actor that keeps policies as guards do, and answers about limits and circuits what a test tells it. */
final class StandInGuards implements Guards {
    /** The tenant whose guard never answers. */
    static final Name SILENT = new Name("silent");

    /** What was asked, the latest last. */
    final LinkedBlockingDeque<GuardCommand> asked = new LinkedBlockingDeque<>();

    /** Why nobody answers, if nobody does. */
    volatile Optional<Why> silent = Optional.empty();

    /** Whether policies are shown by a stand-in. */
    volatile boolean away;

    volatile LimitReply limits = new LimitReply.UnknownTenant();
    volatile CircuitReply circuits = new CircuitReply.UnknownTenant();

    private final ActorSystem<?> system;
    private final ActorRef<Question> actor;
    private final Map<Name, PolicyReply.Shown> policies = new ConcurrentHashMap<>();
    private long versions;

    private record Question(Name tenant, GuardCommand command) {}

    StandInGuards(ActorSystem<?> system) {
        this.system = system;
        this.actor = system.systemActorOf(Behaviors.receiveMessage(this::answered), "guards", Props.empty());
    }

    void put(Name tenant, TenantPolicy policy) {
        policies.put(tenant, new PolicyReply.Shown(policy, ++versions));
    }

    @Override
    public <R> CompletionStage<R> ask(Name tenant, Function<ActorRef<R>, GuardCommand> question, Duration within) {
        if (tenant.equals(SILENT)) {
            return CompletableFuture.failedStage(new TimeoutException("no answer"));
        }
        Optional<Why> unanswered = silent;
        if (unanswered.isPresent()) {
            return CompletableFuture.failedStage(new GuardSilentException(unanswered.get()));
        }
        return AskPattern.ask(
                actor, replyTo -> new Question(tenant, question.apply(replyTo)), within, system.scheduler());
    }

    @Override
    public void tell(Name tenant, GuardCommand command) {
        actor.tell(new Question(tenant, command));
    }

    private Behavior<Question> answered(Question question) {
        asked.add(question.command());
        switch (question.command()) {
            case GuardCommand.ShowPolicy(var replyTo) -> replyTo.tell(show(question.tenant()));
            case GuardCommand.PutPolicy(var replyTo, var policy, var precondition) ->
                replyTo.tell(change(question.tenant(), policy, precondition));
            case GuardCommand.DeletePolicy(var replyTo, var precondition) ->
                replyTo.tell(delete(question.tenant(), precondition));
            case GuardCommand.Acquire(var replyTo, var items, long ahead) -> replyTo.tell(limits);
            case GuardCommand.Reserve(var replyTo, var limit, var cost, var expiresIn) -> replyTo.tell(limits);
            case GuardCommand.SettleReservation(var replyTo, var limit, var reservation, var cost) ->
                replyTo.tell(limits);
            case GuardCommand.PermitCircuit(var replyTo, var service, var lease) -> replyTo.tell(circuits);
            case GuardCommand.ReportCircuit(var replyTo, var service, var permit, var outcome, var took) ->
                replyTo.tell(circuits);
            case GuardCommand.ShowCircuits(var replyTo) -> replyTo.tell(circuits);
            case GuardCommand.SetCircuitMode(var replyTo, var service, var mode, var reason) -> replyTo.tell(circuits);
            case GuardCommand.Admit ignored -> {}
            case GuardCommand.Settle ignored -> {}
            case GuardCommand.Restored ignored -> {}
            case GuardCommand.Lapse ignored -> {}
            case GuardCommand.Sleep ignored -> {}
        }
        return Behaviors.same();
    }

    private PolicyReply show(Name tenant) {
        PolicyReply.Shown shown = policies.get(tenant);
        if (shown == null) {
            return new PolicyReply.UnknownTenant();
        }
        return away ? new PolicyReply.StoodIn(shown) : shown;
    }

    private boolean holds(Name tenant, Precondition precondition) {
        PolicyReply.Shown shown = policies.get(tenant);
        return precondition.holds(shown != null, shown == null ? 0 : shown.version());
    }

    private PolicyReply change(Name tenant, TenantPolicy policy, Precondition precondition) {
        if (!holds(tenant, precondition)) {
            return new PolicyReply.PreconditionFailed();
        }
        boolean created = !policies.containsKey(tenant);
        put(tenant, policy);
        return new PolicyReply.Put(versions, created);
    }

    private PolicyReply delete(Name tenant, Precondition precondition) {
        if (!policies.containsKey(tenant)) {
            return new PolicyReply.UnknownTenant();
        }
        if (!holds(tenant, precondition)) {
            return new PolicyReply.PreconditionFailed();
        }
        policies.remove(tenant);
        return new PolicyReply.Deleted();
    }
}
