package io.bulwark.http.guard;

import akka.actor.typed.ActorRef;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardCommand.ShowPolicy;
import io.bulwark.guard.GuardSilentException;
import io.bulwark.guard.Guards;
import io.bulwark.guard.PolicyReply;
import io.bulwark.http.server.Degraded;
import io.bulwark.tenant.TenantPolicy;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Asks a guard on behalf of a call: no answer in time is the problem {@code guard-unavailable}. */
public final class GuardAsk {
    /** Long enough for a guard that has to be recovered first. */
    private static final Duration WITHIN = Duration.ofSeconds(5);

    private final Guards guards;

    /** Asks through this port. */
    public GuardAsk(Guards guards) {
        this.guards = guards;
    }

    /** The guard's answer; the stage fails with 503 {@code guard-unavailable} when there is none. */
    public <R> CompletionStage<R> ask(Name tenant, Function<ActorRef<R>, GuardCommand> question) {
        return guards.ask(tenant, question, WITHIN).exceptionally(failure -> {
            throw unanswered(tenant, failure);
        });
    }

    /** The tenant's policy; fails with 404 {@code unknown-tenant} when there is none. */
    public CompletionStage<TenantPolicy> policy(Name tenant) {
        return this.<PolicyReply>ask(tenant, ShowPolicy::new).thenApply(reply -> policy(tenant, reply));
    }

    private static TenantPolicy policy(Name tenant, PolicyReply reply) {
        return switch (reply) {
            case PolicyReply.Shown(TenantPolicy policy, long version) -> policy;
            case PolicyReply.StoodIn(PolicyReply answer) -> policy(tenant, answer);
            case PolicyReply.UnknownTenant() ->
                throw GuardProblems.unknownTenant(tenant).exception();
            case PolicyReply.Put _, PolicyReply.Deleted _, PolicyReply.PreconditionFailed _ ->
                throw new IllegalStateException("The guard answered another question: " + reply);
        };
    }

    private static RuntimeException unanswered(Name tenant, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof GuardSilentException silent) {
            return Degraded.mark(GuardProblems.silent(tenant, silent.why()).exception());
        }
        return isTimeout(failure) ? GuardProblems.unavailable(tenant).exception() : new CompletionException(failure);
    }

    private static boolean isTimeout(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof TimeoutException
                || (failure instanceof CompletionException && cause != null && isTimeout(cause));
    }
}
