package io.bulwark.node.guard;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The answer to a question as a plain stage. What Akka's ask returns runs everything that follows in the common pool: a
 * switch of threads for each answer, which costs more than most decisions do.
 */
final class Asked {
    private static final Executor WHERE_IT_ARRIVES = Runnable::run;

    private Asked() {}

    /** The same answer; what follows runs in the thread that brings it, and must not block. */
    static <R> CompletionStage<R> plainly(CompletionStage<R> asked) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        asked.whenCompleteAsync(
                (reply, failure) -> {
                    if (failure == null) {
                        answer.complete(reply);
                    } else {
                        answer.completeExceptionally(failure);
                    }
                },
                WHERE_IT_ARRIVES);
        return answer;
    }
}
