package io.bulwark.persistence.drill;

import io.bulwark.persistence.database.LostConnection;
import io.bulwark.persistence.drill.DrillReport.TableRows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** How many rows the tables have, each counted by reading it. */
final class Rows {
    private static final String CHECK = "rows";
    private static final int NAMED_MAX = 5;

    private static final String TABLES = """
            SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname NOT LIKE 'pg\\_%'
              AND n.nspname <> 'information_schema' ORDER BY 1""";

    private final List<TableRows> tables = new ArrayList<>();
    private final Set<String> databases = new TreeSet<>();
    private final List<String> wrong = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    /** @throws SQLException when there is nobody to ask any more */
    void count(Questions questions, String database) throws SQLException {
        databases.add(database);
        for (String table : questions.list(TABLES)) {
            try {
                tables.add(new TableRows(database, table, questions.number("SELECT count(*) FROM " + table)));
            } catch (SQLException said) {
                if (LostConnection.is(said)) {
                    throw said;
                }
                (Questions.tookTooLong(said) ? unknown : wrong).add(database + "." + table + ": " + said.getMessage());
            }
        }
    }

    List<TableRows> tables() {
        return List.copyOf(tables);
    }

    Finding finding() {
        String all = tables.size() + " tables in " + databases.size() + " databases have "
                + tables.stream().mapToLong(TableRows::rows).sum() + " rows";
        if (!wrong.isEmpty()) {
            return Finding.failed(CHECK, all + ", and " + wrong.size() + " cannot be read: " + named(wrong));
        }
        return unknown.isEmpty()
                ? Finding.ok(CHECK, all)
                : Finding.notPossible(CHECK, all + ", and " + unknown.size() + " took too long: " + named(unknown));
    }

    private static String named(List<String> names) {
        return String.join("; ", names.subList(0, Math.min(NAMED_MAX, names.size())))
                + (names.size() > NAMED_MAX ? " and others" : "");
    }
}
