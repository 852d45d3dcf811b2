package io.bulwark.persistence.ledger;

import io.bulwark.persistence.ledger.Pending.Decided;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;

/** How one transaction went. */
sealed interface Attempt {
    /** Committed: the verdicts hold. */
    record Done(List<Decided<?>> decided) implements Attempt {}

    /**
     * Not known to be committed.
     *
     * @param inDoubt whether it may be all the same, because the commit was sent and not answered
     */
    record Failed(SQLException failure, boolean inDoubt) implements Attempt {}

    /** Our own defect; nothing is committed. */
    record Broken(RuntimeException defect) implements Attempt {}

    /** Tries a batch. */
    static Attempt of(DataSource pool, List<Pending<?>> batch) {
        Connection connection;
        try {
            connection = pool.getConnection();
        } catch (SQLException failure) {
            return new Failed(failure, false);
        }
        try {
            return of(connection, batch);
        } finally {
            giveBack(connection);
        }
    }

    private static Attempt of(Connection connection, List<Pending<?>> batch) {
        boolean committing = false;
        try {
            connection.setAutoCommit(false);
            List<Decided<?>> decided = Batch.decide(connection, batch);
            committing = true;
            connection.commit();
            return new Done(decided);
        } catch (SQLException failure) {
            return rolledBack(connection, new Failed(failure, committing));
        } catch (RuntimeException defect) {
            return rolledBack(connection, new Broken(defect));
        }
    }

    private static Attempt rolledBack(Connection connection, Attempt attempt) {
        try {
            connection.rollback();
            return attempt;
        } catch (SQLException gone) {
            return attempt; // the server rolls back what a broken connection leaves
        }
    }

    /** What was committed stays committed, so trouble here changes no verdict; the pool drops a broken connection. */
    private static void giveBack(Connection connection) {
        try {
            connection.close();
        } catch (SQLException failure) {
            LoggerFactory.getLogger(Attempt.class).debug("A connection could not be given back", failure);
        }
    }
}
