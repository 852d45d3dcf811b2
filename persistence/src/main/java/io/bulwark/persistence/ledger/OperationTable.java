package io.bulwark.persistence.ledger;

import io.bulwark.grammar.Name;
import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Answer.Header;
import io.bulwark.idempotency.Body;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.idempotency.OperationId;
import io.bulwark.idempotency.OperationState;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads, inserts and updates many rows with one statement each; many values travel as arrays.
 *
 * <p>Keys are compared as {@code = ANY (ARRAY[…])}, which leaves only the plan that looks each one up: of a plain
 * comparison the server also makes a walk through the whole index, and takes it while the table is nearly empty.
 */
final class OperationTable {
    /**
     * Locks the rows in their order first, and only then looks at the clock and takes tokens: so a time is never older
     * than what another node committed while this one waited for the lock.
     */
    static final String READ = """
            SELECT o.tenant, o.key, o.fingerprint, o.state, o.token, o.attempts, o.claim_id, o.lease_until,
                   o.status, o.headers, o.body, o.kept, o.created_at, o.changed_at, o.expires_at
            FROM unnest(?::text[], ?::text[]) AS i (tenant, key)
            JOIN operation o ON o.tenant = ANY (ARRAY[i.tenant]) AND o.key = ANY (ARRAY[i.key])
            ORDER BY i.tenant COLLATE "C", i.key COLLATE "C" FOR UPDATE OF o;
            SELECT clock_timestamp(), CASE WHEN g > 0 THEN nextval('operation_token') END
            FROM generate_series(0, ?) AS g""";

    private static final String NEW_VALUES = """
            SELECT i.tenant, i.key, i.fingerprint, i.state, i.token, i.attempts, i.claim_id,
                   timestamptz 'epoch' + i.lease_until * interval '1 microsecond' AS lease_until,
                   i.status, i.headers::text[] AS headers, i.body, i.kept,
                   timestamptz 'epoch' + i.created_at * interval '1 microsecond' AS created_at,
                   timestamptz 'epoch' + i.changed_at * interval '1 microsecond' AS changed_at,
                   timestamptz 'epoch' + i.expires_at * interval '1 microsecond' AS expires_at
            FROM unnest(?::text[], ?::text[], ?::text[], ?::int2[], ?::int8[], ?::int4[], ?::uuid[], ?::int8[],
                        ?::int2[], ?::text[], ?::bytea[], ?::bool[], ?::int8[], ?::int8[], ?::int8[])
                 AS i (tenant, key, fingerprint, state, token, attempts, claim_id, lease_until,
                       status, headers, body, kept, created_at, changed_at, expires_at)
            """;

    private static final String INSERT =
            """
            INSERT INTO operation (tenant, key, fingerprint, state, token, attempts, claim_id, lease_until,
                                   status, headers, body, kept, created_at, changed_at, expires_at)
            """ + NEW_VALUES + " ON CONFLICT (tenant, key) DO NOTHING RETURNING tenant, key";

    static final String UPDATE =
            """
            UPDATE operation o SET fingerprint = n.fingerprint, state = n.state, token = n.token,
                   attempts = n.attempts, claim_id = n.claim_id, lease_until = n.lease_until, status = n.status,
                   headers = n.headers, body = n.body, kept = n.kept, created_at = n.created_at,
                   changed_at = n.changed_at, expires_at = n.expires_at
            FROM (""" + NEW_VALUES + ") n WHERE o.tenant = ANY (ARRAY[n.tenant]) AND o.key = ANY (ARRAY[n.key])";

    private OperationTable() {}

    /**
     * What was read.
     *
     * @param rows those that exist, locked until the transaction ends
     * @param now by the database's clock
     * @param tokens as many as asked for
     */
    record Found(Map<OperationId, Row> rows, Instant now, List<Long> tokens) {}

    /** @param ids in their order, each once */
    static Found read(Connection connection, List<OperationId> ids, int tokens) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setArray(
                    1, SqlArrays.texts(connection, ids, id -> id.tenant().value()));
            statement.setArray(
                    2, SqlArrays.texts(connection, ids, id -> id.key().value()));
            statement.setInt(3, tokens);
            statement.execute();
            Map<OperationId, Row> rows = rows(statement.getResultSet());
            statement.getMoreResults();
            return withClock(rows, statement.getResultSet());
        }
    }

    private static Found withClock(Map<OperationId, Row> rows, ResultSet clock) throws SQLException {
        clock.next();
        Instant now = instant(clock, 1);
        List<Long> tokens = new ArrayList<>();
        while (clock.next()) {
            tokens.add(clock.getLong(2));
        }
        return new Found(rows, now, tokens);
    }

    private static Map<OperationId, Row> rows(ResultSet result) throws SQLException {
        Map<OperationId, Row> rows = new HashMap<>();
        while (result.next()) {
            Row row = row(result);
            rows.put(row.id(), row);
        }
        return rows;
    }

    static Row row(ResultSet result) throws SQLException {
        return new Row(
                id(result),
                new Fingerprint(result.getString(3)),
                state(result.getShort(4)),
                result.getLong(5),
                result.getInt(6),
                result.getObject(7, UUID.class),
                Optional.ofNullable(result.getObject(8, OffsetDateTime.class)).map(OffsetDateTime::toInstant),
                answer(result),
                instant(result, 13),
                instant(result, 14),
                instant(result, 15));
    }

    static OperationId id(ResultSet result) throws SQLException {
        return new OperationId(new Name(result.getString(1)), new IdempotencyKey(result.getString(2)));
    }

    private static OperationState state(short code) throws SQLException {
        for (OperationState state : OperationState.values()) {
            if (code(state) == code) {
                return state;
            }
        }
        throw new SQLException("The table holds the state " + code + ": expected 1 to 4");
    }

    private static short code(OperationState state) {
        return switch (state) {
            case CLAIMED -> 1;
            case COMPLETED -> 2;
            case RELEASED -> 3;
            case UNKNOWN -> 4;
        };
    }

    private static Optional<Answer> answer(ResultSet result) throws SQLException {
        Array headers = result.getArray(10);
        if (headers == null) {
            return Optional.empty();
        }
        String[] flat = (String[]) headers.getArray();
        List<Header> pairs = new ArrayList<>(flat.length / 2);
        for (int i = 0; i < flat.length; i += 2) {
            pairs.add(new Header(flat[i], flat[i + 1]));
        }
        return Optional.of(new Answer(result.getInt(9), pairs, Body.wrap(result.getBytes(11)), result.getBoolean(12)));
    }

    static Instant instant(ResultSet result, int column) throws SQLException {
        return result.getObject(column, OffsetDateTime.class).toInstant();
    }

    /**
     * Inserts what nobody else has inserted meanwhile.
     *
     * @param rows in the order of their ids, so that nodes that insert the same keys wait for each other in turn
     * @return ids of those that were inserted
     */
    static Set<OperationId> insert(Connection connection, List<Row> rows) throws SQLException {
        Set<OperationId> inserted = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            bind(connection, statement, rows);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    inserted.add(id(result));
                }
            }
        }
        return inserted;
    }

    /** Replaces rows that this transaction has locked. */
    static void update(Connection connection, List<Row> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(UPDATE)) {
            bind(connection, statement, rows);
            statement.executeUpdate();
        }
    }

    private static void bind(Connection connection, PreparedStatement statement, List<Row> rows) throws SQLException {
        statement.setArray(
                1, SqlArrays.texts(connection, rows, row -> row.id().tenant().value()));
        statement.setArray(
                2, SqlArrays.texts(connection, rows, row -> row.id().key().value()));
        statement.setArray(
                3, SqlArrays.texts(connection, rows, row -> row.fingerprint().value()));
        statement.setArray(4, SqlArrays.of(connection, "int2", rows, row -> code(row.state())));
        statement.setArray(5, SqlArrays.of(connection, "int8", rows, Row::token));
        statement.setArray(6, SqlArrays.of(connection, "int4", rows, Row::attempts));
        statement.setArray(7, SqlArrays.of(connection, "uuid", rows, Row::claimId));
        statement.setArray(8, SqlArrays.of(connection, "int8", rows, row -> micros(row.leaseUntil())));
        statement.setArray(
                9, SqlArrays.of(connection, "int2", rows, row -> part(row, answer -> (short) answer.status())));
        statement.setArray(10, SqlArrays.texts(connection, rows, row -> part(row, SqlArrays::headers)));
        statement.setArray(
                11,
                SqlArrays.bytes(
                        connection,
                        rows,
                        row -> part(row, answer -> answer.body().unwrap())));
        statement.setArray(12, SqlArrays.of(connection, "bool", rows, row -> part(row, Answer::kept)));
        statement.setArray(13, SqlArrays.of(connection, "int8", rows, row -> micros(row.createdAt())));
        statement.setArray(14, SqlArrays.of(connection, "int8", rows, row -> micros(row.changedAt())));
        statement.setArray(15, SqlArrays.of(connection, "int8", rows, row -> micros(row.expiresAt())));
    }

    private static <T> @Nullable T part(Row row, Function<Answer, T> part) {
        return row.answer().map(part).orElse(null);
    }

    private static @Nullable Long micros(Optional<Instant> instant) {
        return instant.map(OperationTable::micros).orElse(null);
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
