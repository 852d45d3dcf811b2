package io.bulwark.persistence.archive;

import io.bulwark.persistence.archive.ArchiverStatus.Slot;
import io.bulwark.persistence.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import javax.sql.DataSource;

/** The archiver's replication slot, over ordinary connections. */
final class Slots {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    private final DataSource connections;
    private final String name;

    Slots(Database database, String name) {
        this.connections = database.connections("archiver-watch", ANSWER_WITHIN, ANSWER_WITHIN);
        this.name = name;
    }

    /** The slot; empty when there is none of this name. */
    Optional<Slot> find() throws SQLException {
        try (Connection connection = connections.getConnection();
                PreparedStatement query = connection.prepareStatement("""
                        SELECT s.restart_lsn, coalesce(s.wal_status, ''), s.safe_wal_size,
                          coalesce((CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                                         ELSE pg_current_wal_lsn() END - s.restart_lsn)::bigint, 0),
                          coalesce((SELECT sync_state IN ('sync', 'quorum') FROM pg_stat_replication r
                                    WHERE r.pid = s.active_pid), false)
                        FROM pg_replication_slots s WHERE s.slot_name = ? AND s.slot_type = 'physical'""")) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(slot(row)) : Optional.empty();
            }
        }
    }

    private static Slot slot(ResultSet row) throws SQLException {
        Optional<Lsn> restart = Optional.ofNullable(row.getString(1)).map(Lsn::parse);
        long safe = row.getLong(3);
        OptionalLong safeBytes = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(safe);
        return new Slot(restart, row.getString(2), safeBytes, Math.max(0, row.getLong(4)), row.getBoolean(5));
    }

    /** The timeline on which the server writes; empty while it replays another server's log. */
    OptionalInt timeline() throws SQLException {
        try (Connection connection = connections.getConnection();
                PreparedStatement query = connection.prepareStatement("""
                        SELECT CASE WHEN pg_is_in_recovery() THEN NULL
                                    ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END""");
                ResultSet row = query.executeQuery()) {
            row.next();
            String digits = row.getString(1);
            return digits == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseUnsignedInt(digits, 16));
        }
    }

    /** The slot, which is made when it is missing and then keeps the log from the last checkpoint on. */
    Slot ensure() throws SQLException {
        Optional<Slot> found = find();
        if (found.isPresent()) {
            return found.get();
        }
        execute("SELECT pg_create_physical_replication_slot(?, true)");
        return find().orElseThrow(() -> new SQLException("The slot " + name + " was dropped while it was made"));
    }

    void drop() throws SQLException {
        execute("SELECT pg_drop_replication_slot(?)");
    }

    /** Ends the connection that uses the slot. */
    void sendAway() throws SQLException {
        execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots"
                + " WHERE slot_name = ? AND active_pid IS NOT NULL");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connections.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            statement.execute();
        }
    }
}
