package io.bulwark.persistence.ledger;

import io.bulwark.idempotency.OperationId;
import io.bulwark.persistence.ledger.Pending.Decided;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Many requests in one transaction: read and lock their rows, decide, write what changed.
 *
 * <p>Several requests for one operation are decided one after the other, each on the row that the one before left. A row
 * that is absent cannot be locked; when another node inserts it first, the requests for it are decided again on what
 * that node wrote.
 */
final class Batch {
    /** Two rounds are the rule under contention; more need a row that is inserted and deleted again and again. */
    private static final int ROUNDS_MAX = 10;

    static final Comparator<OperationId> ORDER = Comparator.comparing(OperationId::tenant)
            .thenComparing(id -> id.key().value());

    private final Connection connection;
    private final List<Decided<?>> decided = new ArrayList<>();

    private Batch(Connection connection) {
        this.connection = connection;
    }

    /** Leaves the transaction open: the verdicts hold once it is committed. */
    static List<Decided<?>> decide(Connection connection, List<Pending<?>> requests) throws SQLException {
        Batch batch = new Batch(connection);
        NavigableMap<OperationId, List<Pending<?>>> open = byOperation(requests);
        for (int round = 0; !open.isEmpty(); round++) {
            if (round == ROUNDS_MAX) {
                throw new SQLException("Rows come and go while they are claimed", "40001");
            }
            open = batch.round(open);
        }
        return batch.decided;
    }

    private static NavigableMap<OperationId, List<Pending<?>>> byOperation(Collection<Pending<?>> requests) {
        NavigableMap<OperationId, List<Pending<?>>> grouped = new TreeMap<>(ORDER);
        for (Pending<?> pending : requests) {
            grouped.computeIfAbsent(pending.request().id(), id -> new ArrayList<>(1))
                    .add(pending);
        }
        return grouped;
    }

    /** @return the requests whose rows another node inserted first */
    private NavigableMap<OperationId, List<Pending<?>>> round(NavigableMap<OperationId, List<Pending<?>>> open)
            throws SQLException {
        long tokensNeeded = open.values().stream()
                .flatMap(List::stream)
                .filter(pending -> pending.request().takesToken())
                .count();
        OperationTable.Found found =
                OperationTable.read(connection, List.copyOf(open.keySet()), Math.toIntExact(tokensNeeded));
        Iterator<Long> tokens = found.tokens().iterator();
        NavigableMap<OperationId, Turn> inserts = new TreeMap<>(ORDER);
        List<Row> updates = new ArrayList<>();
        for (var entry : open.entrySet()) {
            Optional<Row> before = Optional.ofNullable(found.rows().get(entry.getKey()));
            Turn turn = turn(entry.getValue(), before, found, tokens);
            if (before.isEmpty() && turn.after().isPresent()) {
                inserts.put(entry.getKey(), turn);
            } else {
                decided.addAll(turn.decided());
                turn.after().filter(row -> !before.equals(turn.after())).ifPresent(updates::add);
            }
        }
        if (!updates.isEmpty()) {
            OperationTable.update(connection, updates);
        }
        return insert(inserts);
    }

    /** What the requests for one operation came to. */
    private record Turn(List<Decided<?>> decided, Optional<Row> after) {}

    private static Turn turn(
            List<Pending<?>> requests, Optional<Row> before, OperationTable.Found found, Iterator<Long> tokens) {
        List<Decided<?>> decided = new ArrayList<>(requests.size());
        Optional<Row> row = before;
        for (Pending<?> pending : requests) {
            long token = pending.request().takesToken() ? tokens.next() : 0;
            Decided<?> next = pending.decide(row, found.now(), token);
            row = next.step().events().isEmpty()
                    ? row
                    : Optional.of(next.step().events().getLast());
            decided.add(next);
        }
        return new Turn(decided, row);
    }

    private NavigableMap<OperationId, List<Pending<?>>> insert(NavigableMap<OperationId, Turn> inserts)
            throws SQLException {
        if (inserts.isEmpty()) {
            return new TreeMap<>(ORDER);
        }
        List<Row> rows = inserts.values().stream()
                .map(turn -> turn.after().orElseThrow())
                .toList();
        Set<OperationId> inserted = OperationTable.insert(connection, rows);
        List<Pending<?>> lost = new ArrayList<>();
        inserts.forEach((id, turn) -> {
            if (inserted.contains(id)) {
                decided.addAll(turn.decided());
            } else {
                turn.decided().forEach(each -> lost.add(each.pending()));
            }
        });
        return byOperation(lost);
    }
}
