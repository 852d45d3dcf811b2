package io.bulwark.node.backup;

import io.bulwark.persistence.backup.BrokenOff;
import io.bulwark.persistence.backup.Progress;
import io.bulwark.persistence.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Held while a run works on a database: an advisory lock of the database itself, so that no two do whatever the coordinators
 * believe. It goes with the connection, so a node that dies gives it back.
 */
final class RunLock implements AutoCloseable {
    /** "bulwark" and "backup", in the two numbers that such a lock has. */
    private static final int SPACE = 0x62756c77;

    private static final int NUMBER = 0x6261636b;
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final String TAKE = "SELECT pg_try_advisory_lock(?, ?)";

    private static final String LOST =
            "The lock on the database was lost with its connection: this attempt must not go on";

    private final Connection connection;

    private RunLock(Connection connection) {
        this.connection = connection;
    }

    /** @throws RunRefused when another one has it, or the database does not answer */
    static RunLock take(Database database) throws RunRefused {
        try {
            Connection connection = database.connections("backup-lock", ANSWER_WITHIN, ANSWER_WITHIN)
                    .getConnection();
            if (!isTaken(connection)) {
                throw new RunRefused("Another run works on this database: this one has to wait for it");
            }
            return new RunLock(connection);
        } catch (SQLException e) {
            throw new RunRefused(database + " does not answer: " + e.getMessage(), e);
        }
    }

    private static boolean isTaken(Connection connection) throws SQLException {
        boolean taken = false;
        try {
            taken = asked(connection);
            return taken;
        } finally {
            if (!taken) {
                close(connection);
            }
        }
    }

    private static boolean asked(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(TAKE)) {
            query.setInt(1, SPACE);
            query.setInt(2, NUMBER);
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException broken) {
            // It was broken before, and its lock is gone with it.
        }
    }

    /**
     * The same progress, which breaks the run off when the lock is lost with its connection.
     *
     * @param lookEvery whether it still is held
     */
    Progress watching(Progress progress, Duration lookEvery) {
        AtomicLong looked = new AtomicLong(System.nanoTime());
        return (done, total) -> {
            long now = System.nanoTime();
            if (now - looked.get() >= lookEvery.toNanos()) {
                looked.set(now);
                requireHeldOrBreakOff();
            }
            progress.moved(done, total);
        };
    }

    /** @throws RunRefused when it is lost */
    void requireHeld() throws RunRefused {
        if (!isHeld()) {
            throw new RunRefused(LOST);
        }
    }

    /** @throws BrokenOff when it is lost */
    void requireHeldOrBreakOff() {
        try {
            requireHeld();
        } catch (RunRefused lost) {
            throw new BrokenOff(lost);
        }
    }

    private boolean isHeld() {
        try {
            return connection.isValid((int) ANSWER_WITHIN.toSeconds());
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() {
        close(connection);
    }
}
