package io.bulwark.http.gateway;

import akka.Done;
import akka.actor.Cancellable;
import akka.actor.typed.ActorSystem;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Lets time pass without holding a thread. */
final class Delays {
    private final ActorSystem<?> system;

    Delays(ActorSystem<?> system) {
        this.system = system;
    }

    /** Completes after this time; at once when there is none. */
    CompletionStage<Done> after(Duration delay) {
        CompletableFuture<Done> passed = new CompletableFuture<>();
        if (delay.isZero() || delay.isNegative()) {
            passed.complete(Done.getInstance());
        } else {
            schedule(delay, () -> passed.complete(Done.getInstance()));
        }
        return passed;
    }

    /** What the stage comes to, or {@code late} when it takes longer; the stage itself goes on. */
    <T> CompletionStage<T> within(CompletionStage<T> stage, Duration limit, Supplier<T> late) {
        return within(stage, limit, late, ignored -> {});
    }

    /** The same; what comes too late is given to {@code tooLate}. */
    <T> CompletionStage<T> within(CompletionStage<T> stage, Duration limit, Supplier<T> late, Consumer<T> tooLate) {
        CompletableFuture<T> bounded = new CompletableFuture<>();
        Cancellable timer = schedule(limit, () -> bounded.complete(late.get()));
        stage.whenComplete((value, failure) -> {
            timer.cancel();
            if (failure != null) {
                bounded.completeExceptionally(failure);
            } else if (!bounded.complete(value)) {
                tooLate.accept(value);
            }
        });
        return bounded;
    }

    /** Runs this once after that time, unless it is cancelled. */
    Cancellable schedule(Duration delay, Runnable task) {
        return system.scheduler().scheduleOnce(delay, task, system.executionContext());
    }
}
