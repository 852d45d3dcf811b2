package io.bulwark.persistence.cluster;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;

/**
 * The nodes that run on this database, whatever they can see of each other. It arbitrates who founds a cluster, so that
 * two nodes which start at the same moment, or one that was cut off and starts again, never make two clusters of one.
 *
 * <p>A node counts as running while the session that wrote its line holds the line's advisory lock and the line was
 * renewed within {@value #FRESH_SECONDS} s: a killed node is gone at once, one that lost its power after that time. In
 * the first {@value #RETURN_SECONDS} s of a server every line of the last {@value #FRESH_SECONDS} s is believed, because
 * its node may be about to come back.
 */
public final class MemberRoster {
    /** For how long a line is believed that is not renewed. */
    static final int FRESH_SECONDS = 10;

    /** For how long after the server's start its clients' sessions may still be on their way back. */
    static final int RETURN_SECONDS = 3;

    /** Who founds takes turns under this advisory lock: the first eight bytes of "bulwark+". */
    private static final long FOUNDING = 0x62756c7761726b2bL;

    private static final String LIVE = String.format(Locale.ROOT, """
            SELECT cluster, address, management, members_seen, seen_at FROM cluster_member m
            WHERE seen_at > clock_timestamp() - interval '%d seconds' AND (
              pg_postmaster_start_time() > clock_timestamp() - interval '%d seconds' OR EXISTS (
                SELECT FROM pg_locks
                WHERE locktype = 'advisory' AND objsubid = 1 AND granted
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND (classid::bigint << 32) | objid::bigint = m.presence))
            """, FRESH_SECONDS, RETURN_SECONDS);

    private final DataSource database;

    public MemberRoster(DataSource database) {
        this.database = database;
    }

    /** The nodes that run, in no order. */
    public List<RecordedMember> running() throws SQLException {
        try (Connection connection = database.getConnection()) {
            return query(connection, LIVE);
        }
    }

    /** The nodes that run, on a schema that may be too old to have them; then there are none. */
    public List<RecordedMember> runningIfKnown() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT to_regclass('cluster_member') IS NOT NULL")) {
            return row.next() && row.getBoolean(1) ? query(connection, LIVE) : List.of();
        }
    }

    /** What the members that run last wrote of themselves; not of nodes that are on their way in. */
    public List<RecordedMember.Sign> signs() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(LIVE + " AND founded_or_joined")) {
            List<RecordedMember.Sign> signs = new ArrayList<>();
            while (rows.next()) {
                signs.add(new RecordedMember.Sign(
                        member(rows),
                        rows.getInt(4),
                        rows.getObject(5, OffsetDateTime.class).toInstant()));
            }
            return signs;
        }
    }

    /** Makes this node, whose line stands already, the founder, unless another that runs has founded or joined. */
    public boolean found(RecordedMember self) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_advisory_xact_lock(" + FOUNDING + ")");
                boolean first = query(connection, LIVE + " AND founded_or_joined").stream()
                        .allMatch(member -> member.address().equals(self.address()));
                if (first) {
                    mark(connection, self);
                }
                connection.commit();
                return first;
            } catch (SQLException failure) {
                connection.rollback();
                throw failure;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    /** Notes that this node is a member now. */
    public void joined(RecordedMember self) throws SQLException {
        try (Connection connection = database.getConnection()) {
            mark(connection, self);
        }
    }

    private static void mark(Connection connection, RecordedMember self) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE cluster_member SET founded_or_joined = true WHERE address = ?")) {
            update.setString(1, self.address());
            update.executeUpdate();
        }
    }

    private static List<RecordedMember> query(Connection connection, String sql) throws SQLException {
        List<RecordedMember> members = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                members.add(member(rows));
            }
        }
        return members;
    }

    private static RecordedMember member(ResultSet row) throws SQLException {
        return new RecordedMember(row.getString(1), row.getString(2), row.getString(3));
    }
}
