package io.bulwark.persistence.archive;

import io.bulwark.persistence.database.Database;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyDual;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection on which the server streams its log. For one thread; only {@link #abort} is for others.
 *
 * <p>It speaks the protocol on pgjdbc's {@link CopyDual} instead of its PGReplicationStream (read at 42.7.14), because that
 * one cannot name a timeline, moves the flushed position forward by itself when the server sends a sign of life, and looks
 * for more messages by waiting a millisecond. Connecting, authentication and TLS are pgjdbc's either way.
 */
final class ReplicationLink implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReplicationLink.class);
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final int STATUS_BYTES = 34;

    private final Connection connection;
    private final InstantSource clock;
    private @Nullable CopyDual stream;
    private volatile int timeline;

    private ReplicationLink(Connection connection, InstantSource clock) {
        this.connection = connection;
        this.clock = clock;
    }

    /** What IDENTIFY_SYSTEM tells. */
    record Identity(String system, int timeline, Lsn flushed) {}

    /**
     * Connects. The server sends a sign of life after half of the longest silence, so a connection on which nothing comes
     * for longer than all of it is dead.
     */
    static ReplicationLink open(Database database, ArchiverSettings settings, InstantSource clock) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(database.url());
        source.setUser(database.user());
        source.setPassword(database.password());
        source.setApplicationName(settings.applicationName());
        source.setReplication("true");
        source.setPreferQueryMode(PreferQueryMode.SIMPLE);
        source.setAssumeMinServerVersion("14");
        source.setOptions("-c wal_sender_timeout=" + settings.silenceMax().toMillis());
        source.setConnectTimeout(10);
        source.setSocketTimeout(Math.toIntExact(
                settings.silenceMax().multipliedBy(3).dividedBy(2).toSeconds()));
        source.setTcpKeepAlive(true);
        return new ReplicationLink(source.getConnection(), clock);
    }

    Identity identify() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
            row.next();
            timeline = row.getInt(2);
            return new Identity(row.getString(1), timeline, Lsn.parse(row.getString(3)));
        }
    }

    /** On which the server was when it was asked; 0 before that. */
    int timeline() {
        return timeline;
    }

    /** In bytes. */
    long segmentBytes() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW wal_segment_size")) {
            row.next();
            String shown = row.getString(1);
            long number = Long.parseLong(shown.replaceAll("[^0-9]", ""));
            return shown.endsWith("GB") ? number << 30 : number << 20;
        }
    }

    /** The content of a timeline's history file. */
    String history(int timeline) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
            row.next();
            return row.getString(2);
        }
    }

    /** Begins to stream. */
    void begin(String slot, Lsn start, int timeline) throws SQLException {
        stream = new CopyManager(connection.unwrap(BaseConnection.class))
                .copyDual("START_REPLICATION SLOT " + slot + " PHYSICAL " + start + " TIMELINE " + timeline);
    }

    private CopyDual stream() throws SQLException {
        if (stream == null) {
            throw new SQLException("The server did not begin to stream its log");
        }
        return stream;
    }

    /**
     * Waits for the next message.
     *
     * @throws SQLException also when the server has ended the stream
     */
    WalMessage read() throws SQLException {
        byte[] message = stream().readFromCopy();
        if (message == null) {
            throw new SQLException("The server has ended the stream of its log");
        }
        return WalMessage.of(message);
    }

    /**
     * Tells the server up to where the repository holds its log.
     *
     * @param echo whether the server is to answer, which it does after everything that it had sent before
     */
    void answer(Lsn stored, boolean echo) throws SQLException {
        ByteBuffer status = ByteBuffer.allocate(STATUS_BYTES);
        status.put((byte) 'r');
        // Written is told to be no more than flushed, so that synchronous_commit = remote_write is safe too.
        status.putLong(stored.value()).putLong(stored.value()).putLong(0);
        status.putLong(ChronoUnit.MICROS.between(EPOCH, clock.instant()));
        status.put((byte) (echo ? 1 : 0));
        stream().writeToCopy(status.array(), 0, STATUS_BYTES);
        stream().flushCopy();
    }

    /** Breaks the connection off, also while another thread waits on it. */
    void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException alreadyGone) {
            log.debug("A connection was gone", alreadyGone);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException alreadyGone) {
            log.debug("A connection was gone", alreadyGone);
        }
    }
}
