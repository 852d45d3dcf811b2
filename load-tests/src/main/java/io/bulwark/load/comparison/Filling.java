package io.bulwark.load.comparison;

import io.bulwark.load.node.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Rows that are as compressible as those of a service: numbers, random-looking references, and words that repeat. Their
 * tables have a primary key, and room in every page for a changed row.
 */
final class Filling {
    /** Of a row with its part of the index, by measurement. */
    private static final int ROW_BYTES = 195;

    private static final int MEBI = 1 << 20;

    private final PostgresServer server;

    private Filling(PostgresServer server) {
        this.server = server;
    }

    /**
     * Fills the database {@code bulwark} and writes all of it to disk.
     *
     * @param tables 1 or more, of equal sizes
     */
    static Filling fill(PostgresServer server, int mebibytes, int tables) {
        long rows = Math.max(1, (long) mebibytes * MEBI / ROW_BYTES / tables);
        Filling filling = new Filling(server);
        for (int table = 1; table <= tables; table++) {
            filling.execute(
                    "CREATE TABLE orders_" + table + " (id bigint NOT NULL, account int, cents bigint,"
                            + " reference text, note text) WITH (fillfactor = 80)",
                    "INSERT INTO orders_" + table + " SELECT n, hashint4(n::int) % 100000, hashint8(n) % 1000000,"
                            + " md5(n::text), 'order of customer ' || n % 9973 || ' for ' || n % 97 || ' items, paid'"
                            + " FROM generate_series(1, " + rows + ") n",
                    "ALTER TABLE orders_" + table + " ADD PRIMARY KEY (id)");
        }
        filling.execute("VACUUM (FREEZE)", "CHECKPOINT");
        return filling;
    }

    /** Changes a row in each of so many of a hundred pages of the first table, and writes all of it to disk. */
    void change(int percent) {
        if (percent > 0) {
            execute(
                    "UPDATE orders_1 SET reference = md5(reference) WHERE ctid = ANY (ARRAY(SELECT min(ctid) FROM orders_1"
                            + " WHERE (ctid::text::point)[0]::bigint % 100 < " + percent
                            + " GROUP BY (ctid::text::point)[0]))");
            // Whoever reads a changed row first marks it as committed, which changes its page again.
            execute("SELECT count(*) FROM orders_1");
        }
        execute("CHECKPOINT");
    }

    /** Tells whether another server has the same rows. */
    static String digest(PostgresServer server) {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT count(*) || ' ' || sum(hashtext(t::text)::bigint)" + " FROM orders_1 t")) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException("The rows of " + server.port() + " cannot be read", e);
        }
    }

    private void execute(String... statements) {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The database cannot be filled", e);
        }
    }

    private static Connection connect(PostgresServer server) throws SQLException {
        return DriverManager.getConnection(
                PostgresServer.url("127.0.0.1", server.port(), "bulwark"),
                PostgresServer.USER,
                PostgresServer.PASSWORD);
    }
}
