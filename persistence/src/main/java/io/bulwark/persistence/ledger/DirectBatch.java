package io.bulwark.persistence.ledger;

import io.bulwark.idempotency.OperationId;
import io.bulwark.persistence.ledger.Pending.Decided;
import io.bulwark.wire.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The common case of a batch: claims of keys that nobody has used, and completions by whoever holds the claim. A
 * statement whose conditions say just that writes them and commits; what it does not write is left to {@link Batch}, so
 * {@link Rules} stays the place where everything else is decided.
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
        private Decided<V> written(long token, Instant at) {
            return new Decided<>(pending, Step.of(request.written(token, at)));
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
        List<Decided<?>> decided = new ArrayList<>();
        Set<OperationId> written = new HashSet<>();
        for (DirectTable.Written row : DirectTable.write(connection, claims, completions)) {
            Optional.ofNullable(candidates.get(row.id()))
                    .ifPresent(candidate -> decided.add(candidate.written(row.token(), row.at())));
            written.add(row.id());
        }
        List<Pending<?>> open = batch.stream()
                .filter(pending -> !written.contains(pending.request().id()))
                .toList();
        return new Attempt.Done(decided, open);
    }
}
