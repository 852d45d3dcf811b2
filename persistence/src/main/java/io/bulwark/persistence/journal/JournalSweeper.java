package io.bulwark.persistence.journal;

import io.bulwark.persistence.database.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the journal from growing for ever: deletes the events and the snapshots that no recovery reads any more (see
 * {@link Leftovers}), a few in each transaction. Of a guard that goes on writing there remain at most its events since its
 * last snapshot but one, and two or three snapshots.
 *
 * <p>The guards could ask for it themselves with each snapshot. But the journal's write path would then carry, in one
 * transaction for each guard, an update and a deletion of hundreds of rows; a deletion that was lost would be made up for
 * only at the next snapshot, which a guard that has gone quiet never takes; and a guard that recovers elsewhere at that
 * moment could miss events, because nothing waits for it.
 *
 * <p>It needs to read {@code snapshot} and {@code event_journal} and to delete from them, and nothing else.
 */
public final class JournalSweeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(JournalSweeper.class);
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(1);
    private static final Duration SWEEP_WITHIN = Duration.ofSeconds(30);

    private static final int IDS_PER_PAGE = 100;
    /** Bounds one sweep: the next goes on behind the last page, and begins anew when there are no more. */
    private static final int PAGES_MAX = 50;

    private static final int ROWS_MAX = 500;
    /** Bounds the work on one page; what is left waits until the page comes again. */
    private static final int STATEMENTS_PER_PAGE_MAX = 100;

    private final DataSource database;
    private final SweepSettings settings;
    private final AtomicReference<Swept> swept = new AtomicReference<>(Swept.NOTHING);
    private final ScheduledExecutorService schedule = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("bulwark-journal-sweeper").factory());
    private String last = "";
    private boolean failing;

    private JournalSweeper(DataSource database, SweepSettings settings) {
        this.database = database;
        this.settings = settings;
    }

    /** Sweeps from now on, first after one pause; the database may be away. */
    public static JournalSweeper start(Database database, SweepSettings settings) {
        JournalSweeper sweeper =
                new JournalSweeper(database.connections("journal-sweeper", CONNECT_WITHIN, SWEEP_WITHIN), settings);
        long pause = settings.every().toMillis();
        ScheduledFuture<?> _ = sweeper.schedule.scheduleWithFixedDelay(
                sweeper::sweepInBackground, pause, pause, TimeUnit.MILLISECONDS);
        return sweeper;
    }

    private void sweepInBackground() {
        try {
            sweepOnce();
            failing = false;
        } catch (SQLException failure) {
            if (!failing) {
                log.warn("What nobody reads of the journal cannot be deleted, trying on: {}", failure.getMessage());
            }
            failing = true;
        }
    }

    /**
     * Sweeps now, as it does by itself: up to {@value #PAGES_MAX} pages of {@value #IDS_PER_PAGE} persistence ids. Does
     * nothing while another node sweeps.
     *
     * @throws SQLException when the database cannot be asked
     */
    public synchronized Swept sweepOnce() throws SQLException {
        try (Connection connection = database.getConnection();
                Leftovers leftovers = new Leftovers(connection, settings.after(), ROWS_MAX)) {
            return leftovers.alone() ? sweep(leftovers) : Swept.NOTHING;
        }
    }

    private Swept sweep(Leftovers leftovers) throws SQLException {
        Swept all = Swept.NOTHING;
        for (int page = 0; page < PAGES_MAX; page++) {
            List<String> ids = leftovers.idsAfter(last, IDS_PER_PAGE);
            Swept some = ids.isEmpty() ? Swept.NOTHING : sweep(leftovers, ids);
            swept.updateAndGet(before -> before.plus(some));
            all = all.plus(some);
            if (ids.size() < IDS_PER_PAGE) {
                last = "";
                return all;
            }
            last = ids.getLast();
        }
        return all;
    }

    /** Events first: as long as some are left the boundary must be found again. */
    private static Swept sweep(Leftovers leftovers, List<String> ids) throws SQLException {
        long events = 0;
        int deleted = ROWS_MAX;
        for (int i = 0; i < STATEMENTS_PER_PAGE_MAX && deleted == ROWS_MAX; i++) {
            deleted = leftovers.deleteEvents(ids);
            events += deleted;
        }
        return new Swept(events, leftovers.deleteSnapshots(ids));
    }

    /** What this node has deleted since it started. */
    public Swept swept() {
        return swept.get();
    }

    @Override
    public void close() {
        schedule.shutdownNow();
    }
}
