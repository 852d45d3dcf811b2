package io.bulwark.persistence.archive;

import io.bulwark.persistence.database.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * The server's {@code synchronous_standby_names}, in which the archiver stands while commits are to wait for it. The user
 * must be allowed to {@code ALTER SYSTEM}; where others stand there already, nothing is changed.
 */
public final class StandbyNames {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final String SETTING = "synchronous_standby_names";

    private final DataSource connections;
    private final String own = ArchiverSettings.DEFAULT.applicationName();

    private StandbyNames(DataSource connections) {
        this.connections = connections;
    }

    /** Those of this server. */
    public static StandbyNames of(Database database) {
        return new StandbyNames(database.connections("archiver-names", ANSWER_WITHIN, ANSWER_WITHIN));
    }

    /**
     * From now on commits wait for the archiver.
     *
     * @throws SQLException when the server does not answer or does not allow it, or names others already
     */
    public void enter() throws SQLException {
        String names = names();
        if (names.isEmpty()) {
            set("'" + own + "'");
        } else if (!names.contains(own)) {
            throw new SQLException(SETTING + " is '" + names + "', and Bulwark does not change what others have set");
        }
    }

    /**
     * Commits no longer wait for it, if it was the only one.
     *
     * @throws SQLException when the server does not answer or does not allow it
     */
    public void leave() throws SQLException {
        if (names().equals(own)) {
            set("''");
        }
    }

    /** A sentence for who has to do it by hand. */
    public String whatToDo(boolean waiting) {
        return waiting
                ? "commits do not wait for the archiver: add " + own + " to the server's " + SETTING
                : "commits still wait for the archiver: take " + own + " out of the server's " + SETTING;
    }

    private String names() throws SQLException {
        try (Connection connection = connections.getConnection();
                Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SHOW " + SETTING)) {
            row.next();
            return row.getString(1);
        }
    }

    private void set(String value) throws SQLException {
        try (Connection connection = connections.getConnection();
                Statement change = connection.createStatement()) {
            change.execute("ALTER SYSTEM SET " + SETTING + " = " + value);
            change.execute("SELECT pg_reload_conf()");
        }
    }
}
