package io.bulwark.persistence.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;

/** Starts one server process and waits until it accepts connections. */
final class Launcher {
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

    /** The {@code postgres} program itself, as a child, without a {@code pg_ctl} between. */
    Process launch(int port) throws IOException {
        serverLog.keepSmall();
        data.configure(settings, port);
        List<String> command = new ArrayList<>(Binaries.program(binaries, "postgres"));
        command.addAll(List.of("-D", data.path().toString()));
        ProcessBuilder builder = new ProcessBuilder(Programs.inOwnSession(Programs.asOrdinaryUser(command)))
                .directory(data.path().toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(serverLog.path().toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder.start();
    }

    /**
     * Looks every 20 ms, because the server has no other signal than a line in a file: only once it says there that it
     * is ready, a connection is tried, which proves the password. A port that another server has is noticed this way.
     *
     * @param logSize of the server's log before the launch
     */
    void awaitReady(Process process, int port, long logSize) throws IOException, InterruptedException {
        long end = System.nanoTime() + settings.startWithin().toNanos();
        while (!(data.ready(process.pid()) && accepts(port))) {
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

    private boolean accepts(int port) {
        try (Connection connection = connect(port, "postgres")) {
            return connection.isValid(5);
        } catch (SQLException refused) {
            if (INVALID_PASSWORD.equals(refused.getSQLState())) {
                throw new EmbeddedPostgresException(
                        "PostgreSQL refuses the password that stands in the file beside its data: restore the file",
                        refused);
            }
            return false;
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
