package io.bulwark.persistence.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the database's schema to what this program expects, and back.
 *
 * <p>Each script runs in one transaction together with the line that records it, so a script that fails leaves nothing.
 * Runners on several nodes take turns through an advisory lock; the later one finds nothing to do.
 */
public final class Migrations {
    private static final Logger log = LoggerFactory.getLogger(Migrations.class);
    /** The advisory lock's number: the first eight bytes of "bulwark-". */
    private static final long LOCK = 0x62756c7761726b2dL;

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final Duration TURN_WITHIN = Duration.ofMinutes(1);

    private final DataSource database;
    private final List<Script> shipped;
    private final Duration turnWithin;

    /** Runs what this program ships; waits at most a minute for another runner to finish. */
    public Migrations(DataSource database) {
        this(database, Script.shipped(), TURN_WITHIN);
    }

    Migrations(DataSource database, List<Script> shipped, Duration turnWithin) {
        this.database = database;
        this.shipped = List.copyOf(shipped);
        this.turnWithin = turnWithin;
    }

    /**
     * Where the database stands.
     *
     * @param applied what it has, in order
     * @param pending names of the scripts that {@link #up} would run, in order
     */
    public record Status(List<Applied> applied, List<String> pending) {
        public Status {
            applied = List.copyOf(applied);
            pending = List.copyOf(pending);
        }

        /** The number of the latest script that the database has; 0 for none. */
        public int version() {
            return applied.size();
        }

        /** Whether the schema is what this program expects. */
        public boolean current() {
            return pending.isEmpty();
        }
    }

    /**
     * Runs every script that the database does not have.
     *
     * @return the names of those that were run, in order
     * @throws MigrationException when a script was edited, is missing, leaves a gap or fails, when the database is newer
     *     than this program, when another runner does not finish in time, or the database cannot be reached
     */
    public List<String> up() {
        return inTurn(connection -> {
            List<String> run = new ArrayList<>();
            for (Script script : plan(connection).up()) {
                apply(connection, script);
                run.add(script.file());
            }
            return run;
        });
    }

    /**
     * Takes out every script above the version, the latest first: the data in its tables is lost.
     *
     * @param toVersion 0 (nothing is left) to the database's version
     * @return the names of those that were taken out, in order
     * @throws MigrationException as {@link #up}
     */
    public List<String> down(int toVersion) {
        return inTurn(connection -> {
            List<String> run = new ArrayList<>();
            for (Script script : plan(connection).down(toVersion)) {
                revert(connection, script);
                run.add(script.file());
            }
            return run;
        });
    }

    /**
     * Where the database stands; changes nothing.
     *
     * @throws MigrationException as {@link #up}, except that it does not wait for other runners
     */
    public Status status() {
        try (Connection connection = database.getConnection()) {
            List<Applied> applied = applied(connection);
            Plan plan = new Plan(shipped, applied);
            return new Status(applied, plan.up().stream().map(Script::file).toList());
        } catch (SQLException failure) {
            throw failed("The schema's status cannot be read", failure);
        }
    }

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T inTurn(Work<T> work) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(true);
            // A script may take long, and so may the turn: the bound is the database's lock timeout, not the network's.
            connection.setNetworkTimeout(Runnable::run, 0);
            takeTurn(connection);
            try {
                createTable(connection);
                return work.on(connection);
            } finally {
                endTurn(connection);
            }
        } catch (SQLException failure) {
            throw failed("The schema cannot be changed", failure);
        }
    }

    /** The database itself bounds the wait, so that no runner has to ask again and again. */
    private void takeTurn(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = " + turnWithin.toMillis());
            statement.execute("SELECT pg_advisory_lock(" + LOCK + ")");
            statement.execute("RESET lock_timeout");
        } catch (SQLException failure) {
            if (LOCK_NOT_AVAILABLE.equals(failure.getSQLState())) {
                throw new MigrationException(
                        "Another node has been changing the schema for more than " + turnWithin
                                + ": let it finish, or end its connection (pg_locks shows it under locktype 'advisory')",
                        failure);
            }
            throw failure;
        }
    }

    /** A connection that broke has given the lock back by itself. */
    private static void endTurn(Connection connection) throws SQLException {
        if (connection.isValid(5)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_advisory_unlock(" + LOCK + ")");
            }
        }
    }

    private static void createTable(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET client_min_messages = warning");
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS bulwark_migration (
                      version integer PRIMARY KEY,
                      name text NOT NULL,
                      up_sha256 text NOT NULL,
                      down_sha256 text NOT NULL,
                      applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
                    )""");
            statement.execute("RESET client_min_messages");
        }
    }

    private Plan plan(Connection connection) throws SQLException {
        return new Plan(shipped, applied(connection));
    }

    private static List<Applied> applied(Connection connection) throws SQLException {
        List<Applied> applied = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            if (!exists(statement)) {
                return applied;
            }
            try (ResultSet rows = statement.executeQuery(
                    "SELECT version, name, up_sha256, down_sha256, applied_at FROM bulwark_migration ORDER BY version")) {
                while (rows.next()) {
                    applied.add(read(rows));
                }
            }
        }
        return applied;
    }

    private static boolean exists(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT to_regclass('bulwark_migration') IS NOT NULL")) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static Applied read(ResultSet row) throws SQLException {
        return new Applied(
                row.getInt(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getObject(5, OffsetDateTime.class).toInstant());
    }

    private static void apply(Connection connection, Script script) throws SQLException {
        run(connection, script, script.up(), "INSERT INTO bulwark_migration VALUES (?, ?, ?, ?)", insert -> {
            insert.setInt(1, script.version());
            insert.setString(2, script.name());
            insert.setString(3, script.upSha256());
            insert.setString(4, script.downSha256());
        });
        log.info("The schema's script {} is applied", script.file());
    }

    private static void revert(Connection connection, Script script) throws SQLException {
        run(
                connection,
                script,
                script.down(),
                "DELETE FROM bulwark_migration WHERE version = ?",
                delete -> delete.setInt(1, script.version()));
        log.info("The schema's script {} is taken out", script.file());
    }

    private interface Parameters {
        void set(PreparedStatement statement) throws SQLException;
    }

    private static void run(Connection connection, Script script, String sql, String record, Parameters parameters)
            throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement();
                PreparedStatement recording = connection.prepareStatement(record)) {
            statement.execute(sql);
            parameters.set(recording);
            recording.executeUpdate();
            connection.commit();
        } catch (SQLException failure) {
            connection.rollback();
            throw failed("The script " + script.file() + " failed and left nothing behind", failure);
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static MigrationException failed(String what, SQLException failure) {
        return new MigrationException(what + ": " + failure.getMessage(), failure);
    }
}
