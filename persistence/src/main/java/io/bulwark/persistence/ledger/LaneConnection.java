package io.bulwark.persistence.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The one connection of a lane, opened when it is needed and dropped when it is in doubt. A lane does not take it from
 * a pool, because a pool that has lost its connections waits longer and longer before it tries again, and the lane would
 * wait with it after the database is back.
 */
final class LaneConnection {
    /** How long a batch waits for a row that another transaction holds. */
    private static final long LOCK_MILLIS_MAX = 500;

    private final DataSource database;
    private final String session;
    private @Nullable Connection open;

    /** @param answerWithin after which the server gives a statement up too, so that it does not hold rows for nobody */
    LaneConnection(DataSource database, Duration answerWithin) {
        this.database = database;
        this.session = session(answerWithin.toMillis());
    }

    /**
     * Plans by the primary key only: one made while the table was small would later read the whole table. As there is then
     * but one plan, it is made once for all; otherwise the server plans each small batch anew, because a plan for these
     * very few keys seems cheaper.
     */
    private static String session(long answerMillis) {
        return "SET statement_timeout = " + answerMillis
                + "; SET idle_in_transaction_session_timeout = " + 2 * answerMillis
                + "; SET lock_timeout = " + Math.min(LOCK_MILLIS_MAX, answerMillis / 2)
                + "; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"
                + "; SET plan_cache_mode = force_generic_plan";
    }

    /** Does not commit by itself. */
    Connection get() throws SQLException {
        Connection connection = connection();
        connection.setAutoCommit(false);
        return connection;
    }

    /** Commits each statement by itself; only to be asked for when no transaction is open. */
    Connection committing() throws SQLException {
        Connection connection = connection();
        connection.setAutoCommit(true);
        return connection;
    }

    private Connection connection() throws SQLException {
        if (open == null) {
            open = opened();
        }
        return open;
    }

    private Connection opened() throws SQLException {
        Connection connection = database.getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute(session);
            return connection;
        } catch (SQLException failure) {
            connection.close();
            throw failure;
        }
    }

    /** Asks the table itself, because a server that answers may still be without it. */
    void probe() throws SQLException {
        try (Statement statement = get().createStatement()) {
            statement.execute("SELECT FROM operation LIMIT 1");
            get().rollback();
        } catch (SQLException failure) {
            drop();
            throw failure;
        }
    }

    /** The server rolls back what was not committed. */
    void drop() {
        Connection dropped = open;
        open = null;
        if (dropped != null) {
            try {
                dropped.close();
            } catch (SQLException failure) {
                LoggerFactory.getLogger(LaneConnection.class).debug("A broken connection was dropped", failure);
            }
        }
    }
}
