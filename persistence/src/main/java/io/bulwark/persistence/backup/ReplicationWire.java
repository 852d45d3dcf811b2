package io.bulwark.persistence.backup;

import io.bulwark.persistence.database.Database;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.PGStream;
import org.postgresql.core.QueryExecutorBase;
import org.postgresql.core.Tuple;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replication connection that can take base backups.
 *
 * <p>The driver connects, authenticates and encrypts. {@code BASE_BACKUP} answers with several results and then copy
 * data, and {@code UPLOAD_MANIFEST} ends without a row count: the driver reads neither, so both are spoken here on the
 * driver's own stream, which it keeps in a protected field. Tested with pgjdbc {@value #TESTED_DRIVER}; a test fails
 * when the build has another one. What differs between servers is in {@link CopyForm}.
 */
final class ReplicationWire implements AutoCloseable {
    static final String TESTED_DRIVER = "42.7.14";

    private static final Logger log = LoggerFactory.getLogger(ReplicationWire.class);
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int CONNECT_SECONDS = 10;
    private static final String UNKNOWN_SETTING = "42704";

    private final String server;
    private final BaseConnection connection;
    private final PGStream stream;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    /** False in the middle of an answer: then the connection is dropped, not ended in order. */
    private boolean idle = true;

    private ReplicationWire(String server, BaseConnection connection, PGStream stream) {
        this.server = server;
        this.connection = connection;
        this.stream = stream;
    }

    /** @param answerWithin how long the server may be silent before it counts as gone */
    static ReplicationWire open(Database source, Duration answerWithin) throws BackupException {
        Properties properties = new Properties();
        properties.setProperty("user", source.user());
        properties.setProperty("password", source.password());
        properties.setProperty("replication", "true");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("ApplicationName", "bulwark-backup");
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("socketTimeout", Long.toString(answerWithin.toSeconds()));
        properties.setProperty("tcpKeepAlive", "true");
        try {
            BaseConnection connection =
                    DriverManager.getConnection(source.url(), properties).unwrap(BaseConnection.class);
            return new ReplicationWire(named(source), connection, streamOf(connection));
        } catch (SQLException refused) {
            throw new BackupException(
                    "No replication connection to " + named(source) + ": " + refused.getMessage()
                            + " (the user needs the attribute REPLICATION, pg_hba.conf a line for the database"
                            + " 'replication', and max_wal_senders a free place)",
                    sqlState(refused),
                    refused);
        }
    }

    /** Without the URL's parameters, of which some are secrets. */
    static String named(Database source) {
        return source.url().replaceFirst("\\?.*", "") + " as " + source.user();
    }

    private static PGStream streamOf(BaseConnection connection) {
        try {
            var field = QueryExecutorBase.class.getDeclaredField("pgStream");
            field.setAccessible(true);
            return (PGStream) field.get(connection.getQueryExecutor());
        } catch (ReflectiveOperationException otherDriver) {
            throw new IllegalStateException(
                    "The PostgreSQL driver is not " + TESTED_DRIVER + ", with which base backups work", otherDriver);
        }
    }

    ServerFacts facts() throws BackupException {
        try (Statement statement = connection.createStatement()) {
            int version = Integer.parseInt(show(statement, "server_version_num"));
            boolean summaries = version >= ServerFacts.FIRST_WITH_INCREMENTALS
                    && show(statement, "summarize_wal").equals("on");
            int blockBytes = Integer.parseInt(show(statement, "block_size"));
            boolean checksums = show(statement, "data_checksums").equals("on");
            String lineage = showIfKnown(statement, ServerFacts.LINEAGE_SETTING);
            try (ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
                row.next();
                return new ServerFacts(
                        row.getString("systemid"),
                        row.getInt("timeline"),
                        version,
                        blockBytes,
                        summaries,
                        checksums,
                        lineage);
            }
        } catch (SQLException failure) {
            throw new BackupException(
                    server + " does not say what it is: " + failure.getMessage(), sqlState(failure), failure);
        }
    }

    private static String show(Statement statement, String setting) throws SQLException {
        try (ResultSet row = statement.executeQuery("SHOW " + setting)) {
            row.next();
            return row.getString(1);
        }
    }

    private static String showIfKnown(Statement statement, String setting) throws SQLException {
        try {
            return show(statement, setting);
        } catch (SQLException failure) {
            if (UNKNOWN_SETTING.equals(failure.getSQLState())) {
                return "";
            }
            throw failure;
        }
    }

    /** Gives the server the manifest of the backup that the next one builds on. */
    void uploadManifest(InputStream manifest) throws IOException {
        query("UPLOAD_MANIFEST");
        for (int type = next(); type != 'Z'; type = next()) {
            int length = length();
            if (type == 'G') {
                skip(length);
                sendCopy(manifest);
            } else {
                other(type, length);
            }
        }
        endOfAnswer();
    }

    private void sendCopy(InputStream content) throws IOException {
        for (int read = content.readNBytes(buffer, 0, buffer.length);
                read > 0;
                read = content.readNBytes(buffer, 0, buffer.length)) {
            int bytes = read;
            onNetwork(() -> {
                stream.sendChar('d');
                stream.sendInteger4(Integer.BYTES + bytes);
                stream.send(buffer, 0, bytes);
                return bytes;
            });
        }
        onNetwork(() -> {
            stream.sendChar('c');
            stream.sendInteger4(Integer.BYTES);
            stream.flush();
            return 0;
        });
    }

    /** Has a backup taken and hands everything over as it comes; returns when the server says that it is whole. */
    void baseBackup(BackupRequest request, CopyForm form, boolean incremental, ArchiveReceiver receiver)
            throws IOException {
        query(form.command(request, incremental));
        List<List<Tuple>> results = new ArrayList<>();
        List<ArchiveReceiver.Tablespace> tablespaces = List.of();
        for (int type = next(); type != 'Z'; type = next()) {
            switch (type) {
                case 'T' -> {
                    skip(length());
                    results.add(new ArrayList<>());
                }
                case 'D' -> results.getLast().add(row());
                case 'H' -> {
                    skip(length());
                    if (tablespaces.isEmpty()) {
                        tablespaces = begin(results, receiver);
                    }
                    form.begins(tablespaces, receiver);
                }
                case 'd' -> form.data(length(), this, receiver);
                case 'c' -> {
                    skip(length());
                    form.ends(receiver);
                }
                default -> other(type, length());
            }
        }
        endOfAnswer();
        if (results.size() < 3) {
            throw new BackupException(server + " ended the backup without saying where it ends: take it again");
        }
        receiver.ends(text(results.getLast().getFirst(), 0));
    }

    /** The first result is where the backup starts, the second the tablespaces, of which the data directory is one. */
    private static List<ArchiveReceiver.Tablespace> begin(List<List<Tuple>> results, ArchiveReceiver receiver)
            throws IOException {
        Tuple start = results.getFirst().getFirst();
        List<ArchiveReceiver.Tablespace> tablespaces = new ArrayList<>();
        for (Tuple row : results.get(1)) {
            String kibibytes = text(row, 2);
            long bytes = kibibytes.isEmpty() ? 0 : Long.parseLong(kibibytes) << 10;
            tablespaces.add(new ArchiveReceiver.Tablespace(text(row, 0), text(row, 1), bytes));
        }
        receiver.begins(text(start, 0), Integer.parseInt(text(start, 1)), tablespaces);
        return tablespaces;
    }

    /** The next byte of a message. */
    int character() throws IOException {
        return onNetwork(stream::receiveChar);
    }

    /** More of a message. */
    byte[] bytes(int length) throws IOException {
        return onNetwork(() -> stream.receive(length));
    }

    /** More of a message, to the receiver. */
    void handOn(int length, ArchiveReceiver receiver) throws IOException {
        for (int left = length; left > 0; ) {
            int part = Math.min(left, buffer.length);
            receive(part);
            receiver.data(buffer, part);
            left -= part;
        }
    }

    private void query(String command) throws IOException {
        idle = false;
        byte[] text = command.getBytes(StandardCharsets.UTF_8);
        onNetwork(() -> {
            stream.sendChar('Q');
            stream.sendInteger4(Integer.BYTES + text.length + 1);
            stream.send(text);
            stream.sendChar(0);
            stream.flush();
            return 0;
        });
    }

    private int next() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("The backup was interrupted: nothing of it is kept");
        }
        return onNetwork(stream::receiveChar);
    }

    /** Of what follows in this message. */
    private int length() throws IOException {
        return onNetwork(stream::receiveInteger4) - Integer.BYTES;
    }

    private void endOfAnswer() throws IOException {
        skip(length());
        idle = true;
    }

    private Tuple row() throws IOException {
        return onNetwork(stream::receiveTupleV3);
    }

    private static String text(Tuple row, int column) {
        byte @Nullable [] value = row.get(column);
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    /** Messages that may come at any time, and errors. */
    private void other(int type, int length) throws IOException {
        switch (type) {
            case 'E' -> throw refusal(message(length));
            case 'N' ->
                log.warn(
                        "{} says during the backup: {}", server, message(length).getMessage());
            case 'C', 'S', 'A' -> skip(length);
            default -> throw unexpected("a message", type);
        }
    }

    private ServerErrorMessage message(int length) throws IOException {
        return onNetwork(() -> new ServerErrorMessage(stream.receiveErrorString(length)));
    }

    private BackupException refusal(ServerErrorMessage said) {
        StringBuilder sentence = new StringBuilder(server + " refuses the backup: " + said.getMessage());
        for (String more : new String[] {said.getDetail(), said.getHint()}) {
            if (more != null) {
                sentence.append("; ").append(more);
            }
        }
        String state = said.getSQLState();
        return new BackupException(
                sentence.toString(), state == null ? "" : state, new SQLException(said.toString(), state));
    }

    BackupException unexpected(String where, int type) {
        return new BackupException(server + " sent " + where + " of the type '" + (char) type
                + "', which PostgreSQL 14 to 18 do not send there: this program may be older than the server");
    }

    /** Passes over more of a message. */
    void skip(int length) throws IOException {
        for (int left = length; left > 0; left -= Math.min(left, buffer.length)) {
            receive(Math.min(left, buffer.length));
        }
    }

    private void receive(int bytes) throws IOException {
        onNetwork(() -> {
            stream.receive(buffer, 0, bytes);
            return bytes;
        });
    }

    /** Tells trouble of the connection from trouble of those who take the data. */
    private <T> T onNetwork(Exchange<T> exchange) throws IOException {
        try {
            return exchange.run();
        } catch (SocketTimeoutException silent) {
            throw new BackupException(server + " was silent for too long: the backup is given up", silent);
        } catch (EOFException ended) {
            throw broken("the server has ended it", ended);
        } catch (IOException | SQLException broken) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("The backup was interrupted: nothing of it is kept");
            }
            throw broken(String.valueOf(broken.getMessage()), broken);
        }
    }

    private BackupException broken(String how, Exception cause) {
        return new BackupException(
                "The connection to " + server + " broke during the backup (" + how
                        + "): nothing of it is kept, take it again when the server runs",
                cause);
    }

    private interface Exchange<T> {
        T run() throws IOException, SQLException;
    }

    @Override
    public void close() {
        try {
            if (idle) {
                connection.close();
            } else {
                connection.abort(Runnable::run);
            }
        } catch (SQLException alreadyGone) {
            log.debug("The replication connection to {} did not end in order: {}", server, alreadyGone.getMessage());
        }
    }

    private static String sqlState(SQLException failure) {
        String state = failure.getSQLState();
        return state == null ? "" : state;
    }
}
