package io.bulwark.guard;

import akka.actor.typed.ActorRef;
import io.bulwark.grammar.Name;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The way to the guard of a tenant, wherever in the cluster it lives. */
public interface Guards {
    /**
     * Asks; the stage fails with a {@link java.util.concurrent.TimeoutException} when no answer came in time, which
     * says nothing about whether the guard received the question; with a {@link GuardSilentException} when nobody may
     * answer in its place.
     */
    <R> CompletionStage<R> ask(Name tenant, Function<ActorRef<R>, GuardCommand> question, Duration within);

    /** Tells; delivered at most once. */
    void tell(Name tenant, GuardCommand command);
}
