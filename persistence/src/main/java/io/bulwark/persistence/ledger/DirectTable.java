package io.bulwark.persistence.ledger;

import io.bulwark.grammar.Name;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.idempotency.OperationId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the rows of {@link DirectBatch} with one statement. Two statements sent together would not do: the driver may
 * end a transaction between them, to keep the server's answers from filling the network's buffers.
 *
 * <p>It updates before it inserts, as {@link Batch} locks before it inserts, and both go by the order of ids: so no two
 * nodes wait for each other in a circle.
 */
final class DirectTable {
    /**
     * {@link Rules#complete} where the token holds; a row is never changed before its last change. Its expiry is asked for
     * in words that the index on it cannot answer: a plan by that index, made while the table was small, would later read
     * every row that has not expired.
     */
    static final String COMPLETE = """
            UPDATE operation o SET state = 2, lease_until = NULL, status = i.status, headers = i.headers::text[],
                   body = i.body, kept = i.kept, changed_at = greatest(statement_timestamp(), o.changed_at),
                   expires_at = greatest(statement_timestamp(), o.changed_at)
                                + i.retention * interval '1 microsecond'
            FROM unnest(?::text[], ?::text[], ?::int8[], ?::int2[], ?::text[], ?::bytea[], ?::bool[], ?::int8[])
                 AS i (tenant, key, token, status, headers, body, kept, retention)
            WHERE o.tenant = ANY (ARRAY[i.tenant]) AND o.key = ANY (ARRAY[i.key]) AND o.token = i.token AND o.state IN (1, 4)
                  AND o.expires_at - statement_timestamp() > interval '0'
            RETURNING o.tenant, o.key, o.token, o.changed_at""";

    /** {@link Rules#claim} where there is no row. */
    private static final String CLAIM = """
            INSERT INTO operation (tenant, key, fingerprint, state, token, attempts, claim_id, lease_until,
                                   created_at, changed_at, expires_at)
            SELECT i.tenant, i.key, i.fingerprint, 1, nextval('operation_token'), 1, i.claim_id,
                   statement_timestamp() + i.lease * interval '1 microsecond',
                   statement_timestamp(), statement_timestamp(),
                   statement_timestamp() + i.lease * interval '1 microsecond' + i.retention * interval '1 microsecond'
            FROM unnest(?::text[], ?::text[], ?::text[], ?::uuid[], ?::int8[], ?::int8[])
                 AS i (tenant, key, fingerprint, claim_id, lease, retention)
            ON CONFLICT (tenant, key) DO NOTHING
            RETURNING tenant, key, token, changed_at""";

    static final String BOTH = "WITH completed AS (" + COMPLETE + "), claimed AS (" + CLAIM
            + ") SELECT * FROM completed UNION ALL SELECT * FROM claimed";

    private DirectTable() {}

    /** A row that now stands. */
    record Written(OperationId id, long token, Instant at) {}

    /**
     * Claims what is absent and completes what is claimed.
     *
     * @param claims in the order of their ids, each once
     * @param completions likewise, of other operations; there is at least one of either
     */
    static List<Written> write(Connection connection, List<Request.Claim> claims, List<Request.Complete> completions)
            throws SQLException {
        String sql = claims.isEmpty() ? COMPLETE : completions.isEmpty() ? CLAIM : BOTH;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int bound = completions.isEmpty() ? 0 : bindCompletions(connection, statement, completions);
            if (!claims.isEmpty()) {
                bindClaims(connection, statement, bound, claims);
            }
            try (ResultSet result = statement.executeQuery()) {
                return written(result);
            }
        }
    }

    private static List<Written> written(ResultSet result) throws SQLException {
        List<Written> written = new ArrayList<>();
        while (result.next()) {
            written.add(new Written(
                    new OperationId(new Name(result.getString(1)), new IdempotencyKey(result.getString(2))),
                    result.getLong(3),
                    result.getObject(4, OffsetDateTime.class).toInstant()));
        }
        return written;
    }

    /** @return how many parameters it bound */
    private static int bindCompletions(
            Connection connection, PreparedStatement statement, List<Request.Complete> completions)
            throws SQLException {
        statement.setArray(
                1,
                SqlArrays.texts(
                        connection, completions, each -> each.id().tenant().value()));
        statement.setArray(
                2,
                SqlArrays.texts(connection, completions, each -> each.id().key().value()));
        statement.setArray(3, SqlArrays.of(connection, "int8", completions, Request.Complete::token));
        statement.setArray(4, SqlArrays.of(connection, "int2", completions, each ->
                (short) each.answer().status()));
        statement.setArray(5, SqlArrays.texts(connection, completions, each -> SqlArrays.headers(each.answer())));
        statement.setArray(
                6,
                SqlArrays.bytes(
                        connection, completions, each -> each.answer().body().unwrap()));
        statement.setArray(
                7,
                SqlArrays.of(
                        connection, "bool", completions, each -> each.answer().kept()));
        statement.setArray(
                8, SqlArrays.of(connection, "int8", completions, each -> SqlArrays.micros(each.retention())));
        return 8;
    }

    private static void bindClaims(
            Connection connection, PreparedStatement statement, int bound, List<Request.Claim> claims)
            throws SQLException {
        statement.setArray(
                bound + 1,
                SqlArrays.texts(connection, claims, each -> each.id().tenant().value()));
        statement.setArray(
                bound + 2,
                SqlArrays.texts(connection, claims, each -> each.id().key().value()));
        statement.setArray(
                bound + 3,
                SqlArrays.texts(
                        connection, claims, each -> each.wish().fingerprint().value()));
        statement.setArray(bound + 4, SqlArrays.of(connection, "uuid", claims, Request.Claim::claimId));
        statement.setArray(
                bound + 5,
                SqlArrays.of(
                        connection,
                        "int8",
                        claims,
                        each -> SqlArrays.micros(each.wish().lease())));
        statement.setArray(
                bound + 6,
                SqlArrays.of(
                        connection,
                        "int8",
                        claims,
                        each -> SqlArrays.micros(each.wish().retention())));
    }
}
