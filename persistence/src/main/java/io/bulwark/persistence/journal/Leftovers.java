package io.bulwark.persistence.journal;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of the journal that no recovery reads, over one connection that commits each statement.
 *
 * <p>Of each persistence id the newest snapshot is left, and the newest of those that are old enough and not that one: the
 * <em>boundary</em>. A recovery that began before the boundary was there has ended, because the boundary is old enough;
 * one that began later reads the boundary or a newer snapshot, and the events after it. So the events up to the boundary
 * and the snapshots before it may go. That the newest snapshot is never the boundary leaves a way back should it be
 * unreadable: the boundary and the events after it. The newest event stays whatever the snapshots say, because the journal
 * reads from it which sequence number comes next.
 */
final class Leftovers implements AutoCloseable {
    /** Only one node sweeps at a time: the first eight bytes of "bulwark~". */
    private static final long LOCK = 0x62756c7761726b7eL;

    private static final String PAGE =
            "SELECT DISTINCT persistence_id FROM snapshot WHERE persistence_id > ? ORDER BY persistence_id LIMIT ?";

    /** {@code created} is written by the nodes, in milliseconds. */
    private static final String BOUNDARY = """
            WITH boundary AS (
              SELECT s.persistence_id, max(s.sequence_number) AS upto FROM snapshot s
              WHERE s.persistence_id = ANY (?)
                AND s.created <= extract(epoch FROM now()) * 1000 - ?
                AND EXISTS (SELECT FROM snapshot newer WHERE newer.persistence_id = s.persistence_id
                            AND newer.sequence_number > s.sequence_number)
              GROUP BY s.persistence_id),
            """;

    private static final String DELETE_EVENTS = BOUNDARY + """
            behind AS (
              SELECT e.persistence_id, e.sequence_number FROM boundary b
              JOIN event_journal e ON e.persistence_id = b.persistence_id AND e.sequence_number <= b.upto
              WHERE EXISTS (SELECT FROM event_journal later WHERE later.persistence_id = e.persistence_id
                            AND later.sequence_number > e.sequence_number)
              LIMIT ?)
            DELETE FROM event_journal e USING behind
            WHERE e.persistence_id = behind.persistence_id AND e.sequence_number = behind.sequence_number""";

    private static final String DELETE_SNAPSHOTS = BOUNDARY + """
            behind AS (
              SELECT s.persistence_id, s.sequence_number FROM boundary b
              JOIN snapshot s ON s.persistence_id = b.persistence_id AND s.sequence_number < b.upto
              LIMIT ?)
            DELETE FROM snapshot s USING behind
            WHERE s.persistence_id = behind.persistence_id AND s.sequence_number = behind.sequence_number""";

    private final Connection connection;
    private final Duration after;
    private final int rowsMax;

    /** @param rowsMax that one statement deletes */
    Leftovers(Connection connection, Duration after, int rowsMax) {
        this.connection = connection;
        this.after = after;
        this.rowsMax = rowsMax;
    }

    /** Whether nobody else sweeps; from then on nobody else does until this is closed. */
    boolean alone() throws SQLException {
        return answeredYes("SELECT pg_try_advisory_lock(?)");
    }

    /** Lets others sweep; the database does so itself when the connection is lost. */
    @Override
    public void close() throws SQLException {
        var _ = answeredYes("SELECT pg_advisory_unlock(?)");
    }

    private boolean answeredYes(String question) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(question)) {
            lock.setLong(1, LOCK);
            try (ResultSet answer = lock.executeQuery()) {
                return answer.next() && answer.getBoolean(1);
            }
        }
    }

    /** The next persistence ids that have a snapshot, in the database's order. */
    List<String> idsAfter(String last, int idsMax) throws SQLException {
        List<String> ids = new ArrayList<>(idsMax);
        try (PreparedStatement page = connection.prepareStatement(PAGE)) {
            page.setString(1, last);
            page.setInt(2, idsMax);
            try (ResultSet rows = page.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
        }
        return ids;
    }

    /** Deletes some events of these; fewer than the most that one statement deletes means that there are no more. */
    int deleteEvents(List<String> ids) throws SQLException {
        return delete(DELETE_EVENTS, ids);
    }

    /** Deletes some snapshots of these, as {@link #deleteEvents} does. */
    int deleteSnapshots(List<String> ids) throws SQLException {
        return delete(DELETE_SNAPSHOTS, ids);
    }

    private int delete(String sql, List<String> ids) throws SQLException {
        Array all = connection.createArrayOf("varchar", ids.toArray());
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setArray(1, all);
            delete.setLong(2, after.toMillis());
            delete.setInt(3, rowsMax);
            return delete.executeUpdate();
        } finally {
            all.free();
        }
    }
}
