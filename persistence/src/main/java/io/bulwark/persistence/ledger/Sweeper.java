package io.bulwark.persistence.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes expired rows, a few in each transaction, so that nobody waits long for a row it holds; a row that somebody
 * holds is left for the next time, and so sweepers on several nodes share the work.
 */
final class Sweeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Sweeper.class);
    /** Bounds one sweep; what is left waits for the next. */
    private static final int TRANSACTIONS_MAX = 200;

    /** With {@code now()}, which is the same for the whole statement, the index on the expiry is used. */
    private static final String DELETE = """
            DELETE FROM operation o USING (
              SELECT tenant, key FROM operation WHERE expires_at <= now()
              ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED) AS expired
            WHERE o.tenant = expired.tenant AND o.key = expired.key""";

    private final DataSource database;
    private final LedgerSettings settings;
    private final Counters counters;
    private final ScheduledExecutorService schedule = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("bulwark-ledger-sweeper").factory());
    private boolean failing;

    Sweeper(DataSource database, LedgerSettings settings, Counters counters) {
        this.database = database;
        this.settings = settings;
        this.counters = counters;
    }

    void start() {
        long pause = settings.sweepEvery().toMillis();
        ScheduledFuture<?> _ =
                schedule.scheduleWithFixedDelay(this::sweepInBackground, pause, pause, TimeUnit.MILLISECONDS);
    }

    private void sweepInBackground() {
        try {
            sweep();
            failing = false;
        } catch (SQLException failure) {
            if (!failing) {
                log.warn("Expired operations cannot be deleted, trying on: {}", failure.getMessage());
            }
            failing = true;
        }
    }

    /** @return how many rows were deleted */
    long sweep() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement delete = connection.prepareStatement(DELETE)) {
            delete.setInt(1, settings.sweepBatch());
            return sweep(delete);
        }
    }

    private long sweep(PreparedStatement delete) throws SQLException {
        long all = 0;
        int deleted = settings.sweepBatch();
        for (int i = 0; i < TRANSACTIONS_MAX && deleted == settings.sweepBatch(); i++) {
            deleted = delete.executeUpdate();
            all += deleted;
            counters.swept.add(deleted);
        }
        return all;
    }

    @Override
    public void close() {
        schedule.shutdownNow();
    }
}
