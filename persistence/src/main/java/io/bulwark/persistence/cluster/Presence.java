package io.bulwark.persistence.cluster;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's line in the {@link MemberRoster}, kept for as long as this is open: by a session of its own, opened again when
 * the database was away. It must reach the server itself, not a pooler that shares sessions.
 */
public final class Presence implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Presence.class);
    private static final Duration RENEW_EVERY = Duration.ofSeconds(2);
    /** Short, because until the line is back nobody believes it. */
    private static final Duration REOPEN_AFTER = Duration.ofMillis(200);

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final DataSource sessions;
    private final RecordedMember self;
    private final long number;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicInteger membersSeen = new AtomicInteger(1);
    private final CompletableFuture<Void> written = new CompletableFuture<>();
    private final Thread keeper;

    private Presence(DataSource sessions, RecordedMember self, long number) {
        this.sessions = sessions;
        this.self = self;
        this.number = number;
        this.keeper = Thread.ofVirtual().name("bulwark-presence").unstarted(this::keep);
    }

    /**
     * Writes the line and keeps it.
     *
     * @param sessions opens a new connection each time
     * @param number drawn at random for each start of a node; names the advisory lock
     * @throws SQLException when the database cannot be reached now; later it may come and go
     */
    public static Presence announce(DataSource sessions, RecordedMember self, long number) throws SQLException {
        Presence presence = new Presence(sessions, self, number);
        presence.keeper.start();
        try {
            presence.written.join();
        } catch (java.util.concurrent.CompletionException failure) {
            presence.closing.countDown();
            throw failure.getCause() instanceof SQLException cause ? cause : new SQLException(failure);
        }
        return presence;
    }

    /** What is written. */
    public RecordedMember self() {
        return self;
    }

    /** How many members this node sees, itself included; written with the next renewal. */
    public void sees(int members) {
        membersSeen.set(members);
    }

    /** Takes the line out; if the database is away it is left, and nobody believes it. */
    @Override
    public void close() {
        closing.countDown();
        try {
            keeper.join(CLOSE_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep() {
        boolean open = true;
        while (open) {
            try (Connection session = sessions.getConnection()) {
                withoutStandby(session);
                open = keep(session);
            } catch (SQLException failure) {
                if (!written.isDone()) {
                    written.completeExceptionally(failure);
                    return;
                }
                log.debug("the line of {} cannot be kept, trying again", self.address(), failure);
                open = pause(REOPEN_AFTER);
            }
        }
    }

    /** The line is written before the cluster, and with it an archiver for which commits may wait, is there. */
    private static void withoutStandby(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("SET synchronous_commit = local");
        }
    }

    /** Returns false when the line was taken out because this is closing. */
    private boolean keep(Connection session) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + number + ")");
        }
        write(session);
        written.complete(null);
        while (pause(RENEW_EVERY)) {
            renew(session);
        }
        remove(session);
        return false;
    }

    private void write(Connection session) throws SQLException {
        try (PreparedStatement insert = session.prepareStatement("""
                INSERT INTO cluster_member AS m (address, cluster, management, presence, founded_or_joined)
                VALUES (?, ?, ?, ?, false)
                ON CONFLICT (address) DO UPDATE SET cluster = excluded.cluster, management = excluded.management,
                  founded_or_joined = m.founded_or_joined AND m.presence = excluded.presence,
                  presence = excluded.presence, seen_at = clock_timestamp()""")) {
            insert.setString(1, self.address());
            insert.setString(2, self.cluster());
            insert.setString(3, self.management());
            insert.setLong(4, number);
            insert.executeUpdate();
        }
    }

    private void renew(Connection session) throws SQLException {
        try (PreparedStatement update = session.prepareStatement(
                "UPDATE cluster_member SET seen_at = clock_timestamp(), members_seen = ? WHERE presence = ?")) {
            update.setInt(1, membersSeen.get());
            update.setLong(2, number);
            update.executeUpdate();
        }
    }

    private void remove(Connection session) throws SQLException {
        try (PreparedStatement delete = session.prepareStatement("DELETE FROM cluster_member WHERE presence = ?")) {
            delete.setLong(1, number);
            delete.executeUpdate();
        }
    }

    /** Returns false when this is closing. */
    private boolean pause(Duration length) {
        try {
            return !closing.await(length.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
