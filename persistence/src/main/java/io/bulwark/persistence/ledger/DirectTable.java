package io.bulwark.persistence.ledger;

import io.bulwark.idempotency.OperationId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the rows of {@link DirectBatch} with one statement. Two statements sent together would not do: the driver may
 * end a transaction between them, to keep the server's answers from filling the network's buffers.
 *
 * <p>It updates before it inserts, as {@link Batch} locks before it inserts, and both go by the order of ids: so no two
 * nodes wait for each other in a circle.
 *
 * <p>Measured against the three round trips of {@link Batch} (PostgreSQL 18 with fsync on, 300-byte answers, 4 lanes of
 * 200; client and server on two cores that other work shares, both ways in turn, medians of five to nine, so only the
 * ratios count), with 1, 4, 16 and 400 in flight: claim+complete/s 1.5, 1.7, 1.6 and 1.2 times as many; a claim takes
 * 0.72, 0.64, 0.64 and 0.85 of the time (p50), a completion 0.67, 0.59, 0.58 and 0.78; the p99 of both is 0.55 to 0.86.
 * Claims of completed keys, with 1, 16 and 400 in flight: 2.3, 2.5 and 1.0 times as many, the last with a p99 of 1.7.
 * Reading the rows that stand costs a claim of a new key 9 to 14 % of that; without it, claims of completed keys were
 * down to 0.6 to 0.8 times as many.
 */
final class DirectTable {
    /** In the places of a whole row; without a fingerprint, which tells it from one that stood before. */
    private static final String WRITTEN = """
            o.tenant, o.key, NULL::text AS fingerprint, NULL::int2 AS state, o.token, NULL::int4 AS attempts,
            NULL::uuid AS claim_id, NULL::timestamptz AS lease_until, NULL::int2 AS status, NULL::text[] AS headers,
            NULL::bytea AS body, NULL::bool AS kept, NULL::timestamptz AS created_at, o.changed_at,
            NULL::timestamptz AS expires_at, statement_timestamp() AS now""";

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
            WHERE o.tenant = ANY (ARRAY[i.tenant]) AND o.key = ANY (ARRAY[i.key]) AND o.token = i.token
                  AND o.state IN (1, 4) AND o.expires_at - statement_timestamp() > interval '0'
            RETURNING\s""" + WRITTEN;

    /** The claims, each with the row that stands, if any. */
    private static final String ASKED = """
            asked AS MATERIALIZED (
              SELECT i.*, o.fingerprint, o.state, o.token, o.attempts, o.claim_id, o.lease_until,
                     o.status, o.headers, o.body, o.kept, o.created_at, o.changed_at, o.expires_at
              FROM unnest(?::text[], ?::text[], ?::text[], ?::uuid[], ?::int8[], ?::int8[])
                   AS i (tenant, key, new_fingerprint, new_claim_id, lease, retention)
              LEFT JOIN operation o ON o.tenant = ANY (ARRAY[i.tenant]) AND o.key = ANY (ARRAY[i.key]))""";

    /** {@link Rules#claim} where there is no row. */
    private static final String CLAIMED = """
            claimed AS (
              INSERT INTO operation AS o (tenant, key, fingerprint, state, token, attempts, claim_id, lease_until,
                                          created_at, changed_at, expires_at)
              SELECT a.tenant, a.key, a.new_fingerprint, 1, nextval('operation_token'), 1, a.new_claim_id,
                     statement_timestamp() + a.lease * interval '1 microsecond',
                     statement_timestamp(), statement_timestamp(),
                     statement_timestamp() + a.lease * interval '1 microsecond'
                                           + a.retention * interval '1 microsecond'
              FROM asked a WHERE a.token IS NULL
              ON CONFLICT (tenant, key) DO NOTHING
              RETURNING\s""" + WRITTEN + ")";

    private static final String STANDING = """
            SELECT tenant, key, fingerprint, state, token, attempts, claim_id, lease_until, status, headers, body, kept,
                   created_at, changed_at, expires_at, statement_timestamp()
            FROM asked WHERE token IS NOT NULL""";

    static final String CLAIM = "WITH " + ASKED + ", " + CLAIMED + " SELECT * FROM claimed UNION ALL " + STANDING;

    static final String BOTH = "WITH completed AS (" + COMPLETE + "), " + ASKED + ", " + CLAIMED
            + " SELECT * FROM completed UNION ALL SELECT * FROM claimed UNION ALL " + STANDING;

    private DirectTable() {}

    /** What came of one request; of some nothing comes. */
    sealed interface Outcome {
        OperationId id();

        /** Its row is written. */
        record Written(OperationId id, long token, Instant at) implements Outcome {}

        /** A claim met this row, which is not locked. */
        record Standing(Row row, Instant now) implements Outcome {
            @Override
            public OperationId id() {
                return row.id();
            }
        }
    }

    /**
     * Claims what is absent, reads what is not, and completes what is claimed.
     *
     * @param claims in the order of their ids, each once
     * @param completions likewise, of other operations; there is at least one of either
     */
    static List<Outcome> write(Connection connection, List<Request.Claim> claims, List<Request.Complete> completions)
            throws SQLException {
        String sql = claims.isEmpty() ? COMPLETE : completions.isEmpty() ? CLAIM : BOTH;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int bound = completions.isEmpty() ? 0 : bindCompletions(connection, statement, completions);
            if (!claims.isEmpty()) {
                bindClaims(connection, statement, bound, claims);
            }
            try (ResultSet result = statement.executeQuery()) {
                return outcomes(result);
            }
        }
    }

    private static List<Outcome> outcomes(ResultSet result) throws SQLException {
        List<Outcome> outcomes = new ArrayList<>();
        while (result.next()) {
            boolean written = result.getString(3) == null;
            outcomes.add(
                    written
                            ? new Outcome.Written(
                                    OperationTable.id(result), result.getLong(5), OperationTable.instant(result, 14))
                            : new Outcome.Standing(OperationTable.row(result), OperationTable.instant(result, 16)));
        }
        return outcomes;
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
