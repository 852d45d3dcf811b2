package io.bulwark.http.guard;

import akka.actor.typed.ActorRef;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardCommand.ShowPolicy;
import io.bulwark.guard.Guards;
import io.bulwark.guard.PolicyReply;
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
            throw isTimeout(failure) ? GuardProblems.unavailable(tenant).exception() : new CompletionException(failure);
        });
    }

    /** The tenant's policy; fails with 404 {@code unknown-tenant} when there is none. */
    public CompletionStage<TenantPolicy> policy(Name tenant) {
        return this.<PolicyReply>ask(tenant, ShowPolicy::new).thenApply(reply -> {
            if (reply instanceof PolicyReply.Shown(TenantPolicy policy, long version)) {
                return policy;
            }
            throw GuardProblems.unknownTenant(tenant).exception();
        });
    }

    private static boolean isTimeout(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof TimeoutException
                || (failure instanceof CompletionException && cause != null && isTimeout(cause));
    }
}
