package io.bulwark.persistence.ledger;

import io.bulwark.idempotency.Answer;
import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A request on its way, and who waits for its verdict.
 *
 * @param deadline on {@link System#nanoTime}'s scale: until then it is kept while the database is away
 * @param teller tells those who wait, so that what they do next does not hold up the lane
 */
record Pending<V>(Request<V> request, CompletableFuture<V> verdict, long deadline, Executor teller) {

    static <V> Pending<V> of(Request<V> request, long deadline, Executor teller) {
        return new Pending<>(request, new CompletableFuture<>(), deadline, teller);
    }

    /** Memory that the request holds beyond a small, fixed amount. */
    long bytes() {
        return switch (request) {
            case Request.Complete complete -> bytes(complete.answer());
            case Request.Resolve resolve -> resolve.answer().map(Pending::bytes).orElse(0L);
            case Request.Claim _,
                    Request.Release _,
                    Request.MarkUnknown _,
                    Request.Extend _,
                    Request.Withdraw _,
                    Request.Find _ -> 0;
        };
    }

    private static long bytes(Answer answer) {
        long headers = answer.headers().stream()
                .mapToLong(header -> header.name().length() + header.value().length())
                .sum();
        return answer.body().length() + 2 * headers;
    }

    boolean overdue(long nanoTime) {
        return nanoTime - deadline >= 0;
    }

    Decided<V> decide(Optional<Row> row, Instant now, long freshToken) {
        return new Decided<>(this, request.decide(row, now, freshToken));
    }

    /** Empty for a request that cannot be decided without its row. */
    Optional<DirectBatch.Candidate<V>> direct() {
        return request instanceof Request.Direct<V> direct
                ? Optional.of(new DirectBatch.Candidate<>(this, direct))
                : Optional.empty();
    }

    void answer(V given) {
        teller.execute(() -> verdict.complete(given));
    }

    void refuse(String why, Duration retryAfter) {
        answer(request.unavailable(why, retryAfter));
    }

    void fail(RuntimeException failure) {
        teller.execute(() -> verdict.completeExceptionally(failure));
    }

    /** A verdict that becomes true with the commit. */
    record Decided<V>(Pending<V> pending, Step<Row, V> step) {
        void deliver() {
            pending.answer(step.verdict());
        }
    }
}
