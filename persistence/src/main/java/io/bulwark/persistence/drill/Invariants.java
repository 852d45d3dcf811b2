package io.bulwark.persistence.drill;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What must hold in Bulwark's own tables whenever they are looked at, each told by the rows that break it. */
final class Invariants {
    private static final List<String> TABLES = List.of("event_journal", "operation", "snapshot", "tenant");
    private static final int SHOWN = 3;

    /**
     * One of them.
     *
     * @param must a sentence that says what holds
     * @param breaking a query for names of what breaks it
     */
    private record Invariant(String must, String breaking) {}

    private static final List<Invariant> LEDGER = List.of(
            new Invariant(
                    "an operation has a lease while it is claimed and an answer when it is completed, and only then",
                    """
                    SELECT tenant || '/' || key FROM operation
                    WHERE state NOT BETWEEN 1 AND 4 OR (state = 1) <> (lease_until IS NOT NULL)
                       OR (state = 2) <> (status IS NOT NULL AND headers IS NOT NULL AND body IS NOT NULL
                                          AND kept IS NOT NULL)
                       OR lease_until > expires_at OR attempts < 1 OR created_at > changed_at"""),
            new Invariant(
                    "there is one operation for a tenant and key",
                    "SELECT tenant || '/' || key FROM operation GROUP BY tenant, key HAVING count(*) > 1"),
            new Invariant(
                    "no two operations have the same token",
                    "SELECT 'token ' || token FROM operation GROUP BY token HAVING count(*) > 1"),
            new Invariant("the next token is higher than every one that was handed out", """
                    SELECT tenant || '/' || key || ' with token ' || token FROM operation
                    WHERE token > (SELECT last_value FROM operation_token)"""));

    /**
     * Of an actor that has two snapshots the events up to the last but one may be swept, in any order; the newest event
     * always stays.
     */
    private static final String FROM = """
            WITH floor AS (
              SELECT j.persistence_id, max(j.sequence_number) AS highest,
                     greatest(coalesce(max(j.sequence_number) FILTER (WHERE j.deleted), 0),
                              coalesce((SELECT s.sequence_number FROM snapshot s
                                        WHERE s.persistence_id = j.persistence_id
                                        ORDER BY s.sequence_number DESC OFFSET 1 LIMIT 1), 0)) AS upto
              FROM event_journal j GROUP BY j.persistence_id)
            """;

    private static final List<Invariant> JOURNAL = List.of(
            new Invariant("no event is missing that a recovery reads", FROM + """
                    SELECT f.persistence_id FROM floor f
                    LEFT JOIN event_journal j ON j.persistence_id = f.persistence_id AND j.sequence_number > f.upto
                    GROUP BY f.persistence_id, f.highest, f.upto
                    HAVING count(j.sequence_number) <> greatest(f.highest - f.upto, 0)"""),
            new Invariant("no snapshot is ahead of its events", """
                    SELECT s.persistence_id || ' at ' || s.sequence_number FROM snapshot s
                    WHERE s.sequence_number > coalesce((SELECT max(j.sequence_number) FROM event_journal j
                                                        WHERE j.persistence_id = s.persistence_id), 0)"""),
            new Invariant("no two events have the same place", """
                    SELECT 'ordering ' || ordering FROM event_journal GROUP BY ordering HAVING count(*) > 1
                    UNION ALL
                    SELECT persistence_id || ' ' || sequence_number FROM event_journal
                    GROUP BY persistence_id, sequence_number HAVING count(*) > 1"""),
            new Invariant("the next event's place is behind all others", """
                    SELECT 'ordering ' || ordering FROM event_journal
                    WHERE ordering > (SELECT last_value FROM event_journal_ordering_seq)"""),
            new Invariant("every tenant in the list has a guard with a journal", """
                    SELECT tenant FROM tenant t WHERE NOT EXISTS (
                      SELECT FROM event_journal j WHERE j.persistence_id = 'guard|' || t.tenant)"""));

    private Invariants() {}

    /** Whether the database has Bulwark's tables. */
    static boolean apply(Questions database) throws SQLException {
        return database.number("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND pg_table_is_visible(oid)"
                        + " AND relname IN ('" + String.join("', '", TABLES) + "')")
                == TABLES.size();
    }

    static Finding ledger(Questions database) throws SQLException {
        return check("ledger", LEDGER, database, "operations: " + database.number("SELECT count(*) FROM operation"));
    }

    static Finding journal(Questions database) throws SQLException {
        return check(
                "journal",
                JOURNAL,
                database,
                "actors: " + database.number("SELECT count(DISTINCT persistence_id) FROM event_journal") + ", events: "
                        + database.number("SELECT count(*) FROM event_journal") + ", snapshots: "
                        + database.number("SELECT count(*) FROM snapshot") + ", tenants: "
                        + database.number("SELECT count(*) FROM tenant"));
    }

    private static Finding check(String name, List<Invariant> invariants, Questions database, String of)
            throws SQLException {
        List<String> broken = new ArrayList<>();
        for (Invariant invariant : invariants) {
            List<String> rows = database.list(invariant.breaking() + " LIMIT " + (SHOWN + 1));
            if (!rows.isEmpty()) {
                broken.add("not true that " + invariant.must() + ": "
                        + String.join(", ", rows.subList(0, Math.min(SHOWN, rows.size())))
                        + (rows.size() > SHOWN ? " and others" : ""));
            }
        }
        return broken.isEmpty()
                ? Finding.ok(name, of + "; all " + invariants.size() + " rules hold")
                : Finding.failed(name, of + "; " + String.join("; ", broken));
    }
}
