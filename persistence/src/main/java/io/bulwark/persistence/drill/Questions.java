package io.bulwark.persistence.drill;

import io.bulwark.persistence.database.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Questions to one database of a scratch server, each a statement of its own; rows are shown the same by every server. */
final class Questions implements AutoCloseable {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);
    /** The server itself ends a statement; the connection is given up only when it does not even do that. */
    private static final Duration SILENCE_MAX = Duration.ofHours(1);

    private static final int ROWS_AT_ONCE = 1_000;

    private final Connection connection;

    private Questions(Connection connection) {
        this.connection = connection;
    }

    static Questions to(Database database, Duration answerWithin) throws SQLException {
        Connection connection =
                database.connections("drill", CONNECT_WITHIN, SILENCE_MAX).getConnection();
        try (Statement statement = connection.createStatement()) {
            for (String setting : List.of(
                    "statement_timeout = " + answerWithin.toMillis(),
                    "lock_timeout = 0",
                    "timezone = 'UTC'",
                    "datestyle = 'ISO, MDY'",
                    "intervalstyle = 'postgres'",
                    "bytea_output = 'hex'",
                    "extra_float_digits = 1",
                    "row_security = off")) {
                statement.execute("SET " + setting);
            }
            return new Questions(connection);
        } catch (SQLException failure) {
            connection.close();
            throw failure;
        }
    }

    /** Whether the server ended the statement, because it took longer than it may. */
    static boolean tookTooLong(SQLException said) {
        return "57014".equals(said.getSQLState());
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of each row. */
    List<String> list(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        each(sql, row -> values.add(String.valueOf(row.getString(1))));
        return values;
    }

    /** The number in the only row. */
    long number(String sql) throws SQLException {
        long[] number = new long[1];
        each(sql, row -> number[0] = row.getLong(1));
        return number[0];
    }

    interface Row {
        void on(ResultSet row) throws SQLException;
    }

    /** Any number of rows, a thousand of them in memory. */
    void each(String sql, Row row) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(ROWS_AT_ONCE);
            try (ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    row.on(rows);
                }
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
