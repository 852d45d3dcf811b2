package io.bulwark.persistence.backup;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All databases of a server, for tests that compare two servers.
 *
 * @param main one of them
 */
record Cluster(Database main) {
    Cluster(EmbeddedPostgres server) {
        this(Database.of(server));
    }

    void execute(String database, String... statements) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    List<String> query(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    private Connection connect(String database) throws SQLException {
        String server = main.url().substring(0, main.url().lastIndexOf('/') + 1);
        return DriverManager.getConnection(server + database, main.user(), main.password());
    }

    List<String> databases() throws SQLException {
        return query("postgres", "SELECT datname FROM pg_database WHERE datallowconn ORDER BY 1");
    }

    /** The MD5 over the rows of every table of every database, by database and table. */
    SortedMap<String, String> digests() throws SQLException {
        SortedMap<String, String> digests = new TreeMap<>();
        for (String database : databases()) {
            digests.put(database, "");
            for (String table : query(
                    database,
                    "SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                            + " WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')")) {
                digests.put(
                        database + "." + table,
                        query(
                                        database,
                                        "SELECT count(*) || ' ' || md5(string_agg(md5(t::text), '' ORDER BY t::text)) FROM "
                                                + table + " t")
                                .toString());
            }
        }
        return digests;
    }

    /** Has amcheck look at every B-tree, with all rows; its complaint is an exception. */
    int checkIndexes() throws SQLException {
        int checked = 0;
        for (String database : databases()) {
            if (!database.equals("template1")) {
                execute(database, "CREATE EXTENSION IF NOT EXISTS amcheck");
                checked += query(
                                database,
                                "SELECT bt_index_check(c.oid, true)::text FROM pg_class c"
                                        + " JOIN pg_am a ON a.oid = c.relam JOIN pg_index i ON i.indexrelid = c.oid"
                                        + " WHERE a.amname = 'btree' AND i.indisvalid AND c.relpersistence = 'p'")
                        .size();
            }
        }
        return checked;
    }
}
