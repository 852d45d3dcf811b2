package io.bulwark.persistence.ledger;

import io.bulwark.idempotency.OperationId;
import io.bulwark.persistence.ledger.DirectTable.Outcome;
import io.bulwark.persistence.ledger.Pending.Decided;
import io.bulwark.wire.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The common case of a batch: claims of keys that nobody has used, and completions by whoever holds the claim. A
 * statement whose conditions say just that writes them and commits. Everything else is decided by {@link Rules}: a claim
 * of a key that was used on the row that the statement has read, as long as nothing is to be written, because what was
 * committed when the statement began is a true answer to whoever asked before; the rest by {@link Batch}.
 *
 * <p>Only a request that is alone for its operation goes this way, because those before and after it have to be decided
 * in their order.
 */
final class DirectBatch {
    private final List<Pending<?>> batch;
    /** In the order of their ids, as {@link Batch} locks its rows. */
    private final TreeMap<OperationId, Candidate<?>> candidates = new TreeMap<>(Batch.ORDER);

    private DirectBatch(List<Pending<?>> batch) {
        this.batch = batch;
    }

    /** A request on its way that may be decided by the statement that writes it. */
    record Candidate<V>(Pending<V> pending, Request.Direct<V> request) {
        /** Empty when the rules want the row changed that stands. */
        private Optional<Decided<V>> decide(Outcome outcome) {
            return switch (outcome) {
                case Outcome.Written(var _, long token, Instant at) ->
                    Optional.of(new Decided<>(pending, Step.of(request.written(token, at))));
                case Outcome.Standing(Row row, Instant now) ->
                    Optional.of(pending.decide(Optional.of(row), now, 0))
                            .filter(decided -> decided.step().events().isEmpty());
            };
        }
    }

    static DirectBatch of(List<Pending<?>> batch) {
        DirectBatch direct = new DirectBatch(batch);
        Map<OperationId, Integer> requests = new HashMap<>();
        batch.forEach(pending -> requests.merge(pending.request().id(), 1, Integer::sum));
        for (Pending<?> pending : batch) {
            OperationId id = pending.request().id();
            if (requests.getOrDefault(id, 0) == 1) {
                pending.direct().ifPresent(candidate -> direct.candidates.put(id, candidate));
            }
        }
        return direct;
    }

    boolean isEmpty() {
        return candidates.isEmpty();
    }

    /** @param connection commits each statement by itself */
    Attempt.Done write(Connection connection) throws SQLException {
        List<Request.Claim> claims = new ArrayList<>();
        List<Request.Complete> completions = new ArrayList<>();
        for (Candidate<?> candidate : candidates.values()) {
            switch (candidate.request()) {
                case Request.Claim claim -> claims.add(claim);
                case Request.Complete completion -> completions.add(completion);
            }
        }
        Map<OperationId, Decided<?>> decided = new HashMap<>();
        for (Outcome outcome : DirectTable.write(connection, claims, completions)) {
            Optional.ofNullable(candidates.get(outcome.id()))
                    .flatMap(candidate -> candidate.decide(outcome))
                    .ifPresent(verdict -> decided.put(outcome.id(), verdict));
        }
        List<Pending<?>> open = batch.stream()
                .filter(pending -> !decided.containsKey(pending.request().id()))
                .toList();
        return new Attempt.Done(List.copyOf(decided.values()), open);
    }
}
