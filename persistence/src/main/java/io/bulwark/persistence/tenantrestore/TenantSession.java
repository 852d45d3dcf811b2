package io.bulwark.persistence.tenantrestore;

import io.bulwark.grammar.Name;
import io.bulwark.restore.RowsHash;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOperation;
import org.postgresql.core.BaseConnection;

/** One transaction over the tenant's rows in one database, in which everything is seen as it was when it began. */
final class TenantSession implements AutoCloseable {
    /** So that values are written alike in both databases, and rows that a policy hides are an error. */
    private static final List<String> SETTINGS = List.of(
            "TimeZone = 'UTC'",
            "DateStyle = 'ISO, YMD'",
            "IntervalStyle = 'postgres'",
            "extra_float_digits = 1",
            "bytea_output = 'hex'",
            "row_security = off",
            "statement_timeout = 0",
            "idle_in_transaction_session_timeout = 0",
            "lock_timeout = '30s'");

    /** Of a query over rows that have the column {@code h}, the hexadecimal MD5 of each. */
    private static final String HASHED = "SELECT count(*), coalesce(sum(('x' || left(h, 15))::bit(60)::bigint), 0),"
            + " coalesce(sum(('x' || right(h, 15))::bit(60)::bigint), 0) FROM (";

    private final Connection connection;
    private final Name tenant;

    private TenantSession(Connection connection, Name tenant) {
        this.connection = connection;
        this.tenant = tenant;
    }

    /** Begins it on a connection that is closed with it or not, as its owner wants. */
    static TenantSession begin(Connection connection, Name tenant, boolean readOnly) throws SQLException {
        connection.setAutoCommit(false);
        TenantSession session = new TenantSession(connection, tenant);
        session.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ" + (readOnly ? ", READ ONLY" : ""));
        for (String setting : SETTINGS) {
            session.run("SET LOCAL " + setting);
        }
        return session;
    }

    Connection connection() {
        return connection;
    }

    long run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql) ? 0 : statement.getLargeUpdateCount();
        }
    }

    /** The one number that a query answers with; absent when it answers with null. */
    OptionalLong number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            long number = row.getLong(1);
            return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(number);
        }
    }

    /** The tenant's rows that somebody reads. */
    RowsHash mine(TenantRows rows, long shift) throws SQLException {
        return hash("SELECT " + rows.hash(shift) + " AS h FROM " + rows.from() + " WHERE " + rows.readOf(tenant));
    }

    /** All rows that are not the tenant's. */
    RowsHash others(TenantRows rows) throws SQLException {
        return hash("SELECT " + rows.hashAsItIs() + " AS h FROM " + rows.from() + " WHERE " + rows.notOf(tenant));
    }

    List<RowsHash> others(List<TenantRows> tables) throws SQLException {
        List<RowsHash> hashes = new ArrayList<>();
        for (TenantRows rows : tables) {
            hashes.add(others(rows));
        }
        return hashes;
    }

    private RowsHash hash(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(HASHED + query + ") AS hashed")) {
            row.next();
            return new RowsHash(
                    row.getLong(1), hexadecimal(row.getBigDecimal(2)) + "-" + hexadecimal(row.getBigDecimal(3)));
        }
    }

    private static String hexadecimal(BigDecimal sum) {
        return sum.toBigInteger().toString(16);
    }

    CopyManager copies() throws SQLException {
        return new CopyManager(connection.unwrap(BaseConnection.class));
    }

    /**
     * Ends a copy that broke off: until then the driver lets nothing else onto the connection, not even the end of the
     * transaction, and waits for ever. One that cannot be ended takes the connection with it.
     */
    void end(CopyOperation copy) throws SQLException {
        if (copy.isActive()) {
            try {
                copy.cancelCopy();
            } catch (SQLException lost) {
                connection.abort(Runnable::run);
            }
        }
    }

    void commit() throws SQLException {
        connection.commit();
    }

    /** What was not committed is undone; a connection that is lost has undone it already. */
    @Override
    public void close() {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException lost) {
            // The server ends the transaction when it finds out.
        }
    }
}
