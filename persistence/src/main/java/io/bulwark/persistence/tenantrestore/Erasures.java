package io.bulwark.persistence.tenantrestore;

import io.bulwark.grammar.Name;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.repository.Erasure;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Erases again, in a database that was restored, what is on the erasure list, before anybody is let near it. All of it in
 * one transaction, whatever the instant: a key or the name of a tenant that was erased is never to be given out again.
 * Rows that refer to what is erased go as their foreign key says; one that forbids it is a refusal.
 */
public final class Erasures {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);
    private static final Duration ANSWER_WITHIN = Duration.ofHours(1);

    private static final String TYPE = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
            + " WHERE attrelid = to_regclass(?) AND attname = ? AND attnum > 0 AND NOT attisdropped";

    private final Connection connection;
    private final List<RegisteredTable> registered;

    private Erasures(Connection connection, List<RegisteredTable> registered) {
        this.connection = connection;
        this.registered = registered;
    }

    /**
     * Rows that were there and are gone now.
     *
     * @param rows 0 when there was nothing of it
     */
    public record Applied(Erasure erasure, long rows) {}

    /**
     * Erases.
     *
     * @param registered the applications' tables, which are emptied of a tenant that is erased as a whole; those that are
     *     not there are passed over
     * @throws TenantRestoreException when something cannot be erased: nothing was then, and the database must not be used
     */
    public static List<Applied> apply(Database database, List<RegisteredTable> registered, List<Erasure> erasures)
            throws TenantRestoreException {
        try (Connection connection =
                database.connections("erasures", CONNECT_WITHIN, ANSWER_WITHIN).getConnection()) {
            connection.setAutoCommit(false);
            List<Applied> applied = new Erasures(connection, registered).all(erasures);
            connection.commit();
            return applied;
        } catch (SQLException failure) {
            throw new TenantRestoreException(
                    TenantRestoreException.Kind.REFUSED,
                    "What is on the erasure list cannot be erased from the restored database: "
                            + String.valueOf(failure.getMessage()).replaceAll("\\s+", " ")
                            + "; it must not be used before it is",
                    failure);
        }
    }

    /**
     * What is on the list of one tenant, for a copy of the database from which only that tenant is taken.
     *
     * @throws TenantRestoreException REFUSED when the tenant itself is on the list
     */
    public static List<Erasure> of(Name tenant, List<Erasure> erasures) throws TenantRestoreException {
        List<Erasure> its = erasures.stream()
                .filter(erasure -> erasure.tenant().equals(tenant))
                .toList();
        for (Erasure erasure : its) {
            if (erasure.rows().isEmpty()) {
                throw TenantRestoreException.refused(
                        "The tenant '" + tenant + "' is on the erasure list as a whole, since " + erasure.at() + " (\""
                                + erasure.reason() + "\"): it does not come back");
            }
        }
        return its;
    }

    private List<Applied> all(List<Erasure> erasures) throws SQLException, TenantRestoreException {
        run("SET LOCAL row_security = off");
        // The archiver for which commits may wait runs in the nodes, and this is done before there are any.
        run("SET LOCAL synchronous_commit = local");
        run("SET CONSTRAINTS ALL DEFERRED");
        List<Applied> applied = new ArrayList<>();
        for (Erasure erasure : erasures) {
            long rows = erasure.rows().isPresent()
                    ? rows(erasure.tenant(), erasure.rows().get())
                    : all(erasure.tenant());
            applied.add(new Applied(erasure, rows));
        }
        return applied;
    }

    private long all(Name tenant) throws SQLException, TenantRestoreException {
        List<RegisteredTable> there = new ArrayList<>();
        for (RegisteredTable table : registered) {
            if (type(table.name(), table.column()).isPresent()) {
                there.add(table);
            }
        }
        long gone = 0;
        TenantCatalog catalog = TenantCatalog.read(connection, there, " in the restored database");
        for (TenantRows rows : catalog.tables().reversed()) {
            if (rows.kind() != TenantRows.Kind.TAGS) { // which go with their events
                gone += run("DELETE FROM " + rows.table().sql() + " r WHERE " + rows.of(tenant));
            }
        }
        return gone;
    }

    /** A table or a column that is not there has nothing to erase: it was made later, or is gone. */
    private long rows(Name tenant, Erasure.Rows rows) throws SQLException {
        TableName table = new TableName(rows.schema(), rows.table());
        Optional<String> type = type(table, rows.column());
        if (type.isEmpty() || type(table, rows.tenantColumn()).isEmpty()) {
            return 0;
        }
        String sql = "DELETE FROM " + table.sql() + " WHERE " + TableName.quoted(rows.tenantColumn()) + " = ? AND "
                + TableName.quoted(rows.column()) + " = ANY (CAST(? AS text[])::" + type.get() + "[])";
        Array values = connection.createArrayOf("text", rows.values().toArray());
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setString(1, tenant.value());
            delete.setArray(2, values);
            return delete.executeLargeUpdate();
        } finally {
            values.free();
        }
    }

    private Optional<String> type(TableName table, String column) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(TYPE)) {
            query.setString(1, table.sql());
            query.setString(2, column);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    private long run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql) ? 0 : statement.getLargeUpdateCount();
        }
    }
}
