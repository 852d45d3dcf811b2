package io.bulwark.node.backup;

import io.bulwark.backup.ArchiveMode;
import io.bulwark.backup.ArchiveView;
import io.bulwark.persistence.archive.ArchiverEnd;
import io.bulwark.persistence.archive.ArchiverSettings;
import io.bulwark.persistence.archive.ArchiverSettings.Durability;
import io.bulwark.persistence.archive.ArchiverSettings.OnGap;
import io.bulwark.persistence.archive.ArchiverStatus;
import io.bulwark.persistence.archive.StandbyNames;
import io.bulwark.persistence.archive.WalArchiver;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgresException;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one archiver of the cluster's log: it runs where the coordinator lives, for as long as it lives there, follows the
 * server to where it is, and is made anew when it ends. Two at a time, for a moment or through a partition, do no harm: both
 * write the same bytes under the same names, and the server sends one of them away.
 */
final class ClusterArchiver implements BackupMeans.Archive, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterArchiver.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(5);
    private static final Duration END_WITHIN = Duration.ofSeconds(30);

    private final RepositoryOpening repository;
    private final Supplier<Optional<Database>> server;
    private final InstantSource clock;
    private final ArchivedUntil until = new ArchivedUntil();
    private Optional<Turn> turn = Optional.empty();
    private volatile Optional<Instant> gapAt = Optional.empty();

    ClusterArchiver(RepositoryOpening repository, Supplier<Optional<Database>> server, InstantSource clock) {
        this.repository = repository;
        this.server = server;
        this.clock = clock;
    }

    /** The time in which this node archives in one mode. In the mode OFF what an earlier one left at the server goes. */
    private final class Turn {
        final ArchiveMode mode;
        volatile BackupMeans.Told told;
        final CountDownLatch over = new CountDownLatch(1);
        final Thread thread;
        /** Let go of when it has ended, so that no turn holds all that came before it. */
        private volatile Optional<Thread> before;

        volatile OnGap onGap = OnGap.STOP;
        volatile Optional<ArchiverStatus> status = Optional.empty();
        volatile Optional<String> trouble = Optional.empty();

        Turn(ArchiveMode mode, BackupMeans.Told told, Optional<Turn> before) {
            this.mode = mode;
            this.told = told;
            this.before = before.map(turn -> turn.thread);
            this.thread = Thread.ofVirtual().name("bulwark-cluster-archiver").unstarted(this::run);
        }

        private void run() {
            try {
                if (before.isPresent()) {
                    // Else it might enter itself among the standbys after this one has taken it out.
                    before.get().join(END_WITHIN);
                    before = Optional.empty();
                }
                while (over.getCount() > 0) {
                    attempt();
                    var _ = over.await(AGAIN_AFTER.toMillis(), TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        private void attempt() throws InterruptedException {
            try {
                Optional<Database> database = server.get();
                if (database.isEmpty()) {
                    trouble = Optional.of("the server that is to be archived does not run");
                } else if (mode == ArchiveMode.OFF) {
                    StandbyNames.of(database.get()).leave();
                    WalArchiver.dropSlot(database.get(), ArchiverSettings.DEFAULT);
                    LOG.info("backup: the log is not archived any more; the server keeps none of it for that");
                    over.countDown();
                    told.takenAway();
                } else {
                    archive(database.get());
                }
            } catch (StoreTrouble failure) {
                trouble(String.valueOf(failure.getMessage()));
            } catch (SQLException failure) {
                trouble("the server does not answer: " + failure.getMessage());
            } catch (EmbeddedPostgresException | NumberFormatException | IllegalStateException failure) {
                trouble(String.valueOf(failure.getMessage()));
            }
        }

        private void trouble(String sentence) {
            if (!trouble.equals(Optional.of(sentence))) {
                LOG.warn(
                        mode == ArchiveMode.OFF
                                ? "backup: what the server keeps for the archiver cannot be taken away yet: {}"
                                : "backup: the log is not archived: {}",
                        sentence);
            }
            trouble = Optional.of(sentence);
        }

        private void archive(Database database) throws StoreTrouble, InterruptedException {
            ArchiverSettings settings =
                    ArchiverSettings.DEFAULT.with(durability()).with(onGap);
            StandbyNames names = StandbyNames.of(database);
            try (Repository open = repository.open();
                    WalArchiver archiver =
                            WalArchiver.start(database, open.wal(), settings, () -> over.getCount() > 0, clock)) {
                trouble = Optional.empty();
                watch(archiver, database, names);
            } finally {
                status = Optional.empty();
            }
        }

        private Durability durability() {
            return mode == ArchiveMode.SYNCHRONOUS ? Durability.SYNCHRONOUS : Durability.ASYNCHRONOUS;
        }

        /** Until it ends, this node's turn is over, or the server is somewhere else. */
        private void watch(WalArchiver archiver, Database database, StandbyNames names) throws InterruptedException {
            boolean here = true;
            while (here && !over.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                ArchiverStatus now = archiver.status();
                until.seen(now, clock.instant());
                status = Optional.of(now);
                if (now.end().isPresent()) {
                    ended(now.end().get());
                    here = false;
                } else {
                    standby(now, names);
                    here = isThere(database);
                }
            }
        }

        private boolean isThere(Database database) {
            try {
                return server.get().filter(now -> !now.equals(database)).isEmpty();
            } catch (EmbeddedPostgresException | NumberFormatException starting) {
                return true;
            }
        }

        private void ended(ArchiverEnd end) {
            if (end.reason() == ArchiverEnd.Reason.GAP) {
                gapAt = Optional.of(clock.instant());
                onGap = OnGap.BEGIN_ANEW;
                told.gap(end.message());
            }
            if (end.reason() != ArchiverEnd.Reason.CLOSED && end.reason() != ArchiverEnd.Reason.FENCED) {
                trouble(end.message());
            }
        }

        /** Commits begin to wait for the archiver when it can keep up, not before. */
        private void standby(ArchiverStatus now, StandbyNames names) {
            if (now.state() != ArchiverStatus.State.STREAMING) {
                return;
            }
            try {
                boolean waits =
                        now.slot().filter(ArchiverStatus.Slot::synchronous).isPresent();
                if (mode == ArchiveMode.SYNCHRONOUS && !waits) {
                    names.enter();
                } else if (mode == ArchiveMode.ASYNCHRONOUS && waits) {
                    names.leave();
                }
                trouble = Optional.empty();
            } catch (SQLException refused) {
                trouble(names.whatToDo(mode == ArchiveMode.SYNCHRONOUS) + " (" + refused.getMessage() + ")");
            }
        }
    }

    @Override
    public synchronized void lead(ArchiveMode mode, BackupMeans.Told told) {
        Optional<Turn> same = turn.filter(now -> now.mode == mode && now.over.getCount() > 0);
        if (same.isPresent()) {
            same.get().told = told;
        } else {
            leave();
            LOG.info("backup: the archive of the log is led from here, {}", mode);
            Turn next = new Turn(mode, told, turn);
            turn = Optional.of(next);
            next.thread.start();
        }
    }

    @Override
    public synchronized void leave() {
        turn.ifPresent(now -> now.over.countDown());
    }

    @Override
    public synchronized ArchiveView view(Optional<Instant> lastBackup) {
        if (turn.isEmpty()) {
            return ArchiveView.OFF;
        }
        Turn now = turn.get();
        if (now.mode == ArchiveMode.OFF) {
            return ShownArchive.off(now.over.getCount() > 0 ? now.trouble : Optional.empty());
        }
        boolean hole =
                gapAt.filter(at -> lastBackup.filter(at::isBefore).isEmpty()).isPresent();
        return ShownArchive.of(now.mode, now.status, now.trouble, hole ? Optional.empty() : until.complete());
    }

    /** Ends it, and waits until what is being stored is stored, at most half a minute. */
    @Override
    public void close() {
        leave();
        Optional<Turn> last;
        synchronized (this) {
            last = turn;
        }
        try {
            if (last.isPresent() && !last.get().thread.join(END_WITHIN)) {
                LOG.warn(
                        "The archiver does not end within {}: the server keeps what it has not acknowledged",
                        END_WITHIN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
