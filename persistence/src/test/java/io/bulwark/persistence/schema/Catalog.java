package io.bulwark.persistence.schema;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.TreeSet;

/** Everything that a database's catalogue says of the schema, as sorted lines that can be compared. */
final class Catalog {
    private static final List<String> QUERIES = List.of(
            """
            SELECT 'relation', c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relpersistence
            FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace""",
            // The place among the columns that are there, not attnum: PostgreSQL never gives a dropped column's number
            // again.
            """
            SELECT 'column', c.relname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                   pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attstorage, l.collname
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
            LEFT JOIN pg_collation l ON l.oid = a.attcollation
            WHERE c.relnamespace = 'public'::regnamespace""",
            """
            SELECT 'constraint', conrelid::regclass, conname, contype, convalidated, pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
            "SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT 'policy', p.* FROM pg_policies p WHERE schemaname = 'public'",
            """
            SELECT 'sequence', sequencename, data_type, start_value, min_value, max_value, increment_by, cycle, cache_size
            FROM pg_sequences WHERE schemaname = 'public'""",
            "SELECT 'function', proname, pg_get_function_arguments(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
            "SELECT 'trigger', tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal",
            """
            SELECT 'type', typname, typtype FROM pg_type WHERE typnamespace = 'public'::regnamespace""",
            """
            SELECT 'grant', c.relname, c.relacl FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relacl IS NOT NULL""");

    private Catalog() {}

    static List<String> of(Database database) throws SQLException {
        TreeSet<String> lines = new TreeSet<>();
        try (Connection connection = TestServer.connect(database);
                Statement statement = connection.createStatement()) {
            for (String query : QUERIES) {
                try (ResultSet rows = statement.executeQuery(query)) {
                    while (rows.next()) {
                        lines.add(line(rows));
                    }
                }
            }
        }
        return List.copyOf(lines);
    }

    private static String line(ResultSet row) throws SQLException {
        StringBuilder line = new StringBuilder();
        for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
            line.append(column == 1 ? "" : " | ").append(row.getString(column));
        }
        return line.toString();
    }
}
