package io.bulwark.persistence.drill;

import io.bulwark.persistence.database.LostConnection;
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the pages of one database are what they should be, by the server's own {@code amcheck}: of every table each page
 * and each row, of every B-tree its order, and that it leads to every row of its table.
 */
final class Structure {
    private static final String CHECK = "structure";
    private static final int NAMED_MAX = 10;

    private static final String TABLES = """
            SELECT c.oid, c.oid::regclass::text FROM pg_class c JOIN pg_am a ON a.oid = c.relam
            WHERE a.amname = 'heap' AND c.relkind IN ('r', 'm', 't') AND c.relpersistence = 'p' ORDER BY c.oid""";

    private static final String INDEXES = """
            SELECT c.oid, c.oid::regclass::text FROM pg_class c JOIN pg_am a ON a.oid = c.relam
            JOIN pg_index i ON i.indexrelid = c.oid
            WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence = 'p' AND i.indisvalid AND i.indisready
            ORDER BY c.oid""";

    private final Questions database;
    private final List<String> wrong = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();
    private int checked;

    private Structure(Questions database) {
        this.database = database;
    }

    private record Relation(String oid, String name) {}

    static Finding of(Questions database, String name) throws SQLException, InterruptedIOException {
        Structure structure = new Structure(database);
        String schema;
        try {
            database.execute("CREATE EXTENSION IF NOT EXISTS amcheck");
            schema = database.list(
                            "SELECT quote_ident(nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
                                    + " WHERE extname = 'amcheck'")
                    .getFirst();
        } catch (SQLException refused) {
            return Finding.notPossible(
                    CHECK, name + ": the server's extension amcheck cannot be used: " + refused.getMessage());
        }
        structure.tables(schema);
        structure.indexes(schema);
        return structure.finding(name);
    }

    private void tables(String schema) throws SQLException, InterruptedIOException {
        for (Relation table : relations(TABLES)) {
            ask(table, () -> {
                List<String> complaints =
                        database.list("SELECT format('block %s, row %s: %s', blkno, offnum, msg) FROM " + schema
                                + ".verify_heapam(" + table.oid() + ") LIMIT 1");
                complaints.forEach(complaint -> wrong.add(table.name() + ": " + complaint));
            });
        }
    }

    private void indexes(String schema) throws SQLException, InterruptedIOException {
        boolean unique = database.number("SELECT count(*) FROM pg_proc WHERE proname = 'bt_index_check'"
                        + " AND pronamespace = '" + schema + "'::regnamespace AND pronargs = 3")
                > 0;
        for (Relation index : relations(INDEXES)) {
            ask(
                    index,
                    () -> database.execute("SELECT " + schema + ".bt_index_check(" + index.oid() + ", true"
                            + (unique ? ", true)" : ")")));
        }
    }

    private List<Relation> relations(String sql) throws SQLException {
        List<Relation> relations = new ArrayList<>();
        database.each(sql, row -> relations.add(new Relation(row.getString(1), row.getString(2))));
        return relations;
    }

    private interface Question {
        void ask() throws SQLException;
    }

    /** A page that cannot be read, and an index that is not in order, are errors of the server. */
    private void ask(Relation relation, Question question) throws SQLException, InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("The drill was interrupted");
        }
        try {
            question.ask();
            checked++;
        } catch (SQLException said) {
            if (LostConnection.is(said)) {
                throw said;
            }
            if (Questions.tookTooLong(said)) {
                unknown.add(relation.name());
            } else {
                wrong.add(relation.name() + ": " + said.getMessage());
            }
        }
    }

    private Finding finding(String name) {
        String all = name + ": " + checked + " tables and B-trees were read by amcheck";
        if (!wrong.isEmpty()) {
            return Finding.failed(CHECK, all + ", and " + wrong.size() + " are damaged: " + named(wrong));
        }
        return unknown.isEmpty()
                ? Finding.ok(CHECK, all + ", every page, row and entry")
                : Finding.notPossible(CHECK, all + ", and " + unknown.size() + " took too long: " + named(unknown));
    }

    private static String named(List<String> names) {
        return String.join("; ", names.subList(0, Math.min(NAMED_MAX, names.size())))
                + (names.size() > NAMED_MAX ? " and others" : "");
    }
}
