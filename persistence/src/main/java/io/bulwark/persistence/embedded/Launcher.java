package io.bulwark.persistence.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts one server process and waits until it accepts connections. */
final class Launcher {
    private static final Logger log = LoggerFactory.getLogger(Launcher.class);
    private static final String INVALID_PASSWORD = "28P01";

    private final Path binaries;
    private final DataDirectory data;
    private final ServerLog serverLog;
    private final Settings settings;
    private final String password;

    Launcher(Path binaries, DataDirectory data, ServerLog serverLog, Settings settings) throws IOException {
        this.binaries = binaries;
        this.data = data;
        this.serverLog = serverLog;
        this.settings = settings;
        this.password = data.password();
    }

    /** A port that was free a moment ago. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    String password() {
        return password;
    }

    /** The server as it is configured, as a child. */
    Process launch(int port) throws IOException {
        serverLog.keepSmall();
        data.configure(settings, port);
        return ServerPrograms.unpacked(binaries).launch(data.path(), List.of(), serverLog.path());
    }

    /**
     * Looks every 20 ms, because the server has no other signal than a line in a file: only once it says there that it
     * is ready, a connection is tried, which proves the password. A port that another server has is noticed this way. A
     * server on a restored directory lets itself be read while it replays the log; it is waited for as long as that takes.
     *
     * @param logSize of the server's log before the launch
     */
    void awaitReady(Process process, int port, long logSize) throws IOException, InterruptedException {
        long end = System.nanoTime() + settings.startWithin().toNanos();
        boolean replaying = false;
        for (Mood mood = mood(process, port); mood != Mood.SERVES; mood = mood(process, port)) {
            if (mood == Mood.REPLAYS) {
                end = System.nanoTime() + settings.startWithin().toNanos();
                if (!replaying) {
                    log.info("PostgreSQL replays its log, see {}", serverLog.path());
                    replaying = true;
                }
            }
            if (!process.isAlive()) {
                throw new EmbeddedPostgresException(
                        "PostgreSQL ended with status " + process.exitValue() + " while starting: " + trouble(logSize));
            }
            if (System.nanoTime() - end > 0) {
                throw new EmbeddedPostgresException("PostgreSQL does not accept connections after "
                        + settings.startWithin() + ": " + trouble(logSize));
            }
            LockSupport.parkNanos(20_000_000);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private String trouble(long logSize) throws IOException {
        String said = serverLog.troubleSince(logSize);
        return (said.isEmpty() ? "" : said + "; ") + "see " + serverLog.path();
    }

    private enum Mood {
        SILENT,
        REPLAYS,
        SERVES
    }

    private Mood mood(Process process, int port) throws IOException {
        return data.ready(process.pid()) ? asked(port) : Mood.SILENT;
    }

    private Mood asked(int port) {
        try (Connection connection = connect(port, "postgres");
                var query = connection.createStatement();
                var rows = query.executeQuery("SELECT pg_is_in_recovery()")) {
            return rows.next() && rows.getBoolean(1) ? Mood.REPLAYS : Mood.SERVES;
        } catch (SQLException refused) {
            if (INVALID_PASSWORD.equals(refused.getSQLState())) {
                throw new EmbeddedPostgresException(
                        "PostgreSQL refuses the password that stands in the file beside its data: restore the file",
                        refused);
            }
            return Mood.SILENT;
        }
    }

    /** Makes a database of this name unless there is one. */
    void ensureDatabase(int port, String name) throws SQLException {
        try (Connection connection = connect(port, "postgres");
                var query = connection.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?");
                var change = connection.createStatement()) {
            query.setString(1, name);
            try (var rows = query.executeQuery()) {
                if (!rows.next()) {
                    change.execute("CREATE DATABASE " + name);
                }
            }
        }
    }

    private Connection connect(int port, String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", DataDirectory.USER);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", "bulwark-start");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty(
                "socketTimeout",
                Long.toString(Math.max(5, settings.startWithin().toSeconds())));
        return DriverManager.getConnection(url(port, database), properties);
    }

    Duration stopWithin() {
        return settings.stopWithin();
    }
}
