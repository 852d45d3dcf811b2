package io.bulwark.persistence.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of this node's own, for a node that is given no JDBC URL.
 *
 * <p>The programs are those of zonky's binaries; the control of the process is ours, because zonky's launcher deletes
 * the data, switches {@code fsync} off, trusts every connection, and stops the server in a JVM shutdown hook, which
 * would race with a graceful stop: the server must be the last to go.
 *
 * <p>Under the directory: {@code bin-<version>/} (unpacked once), {@code data/}, {@code password} (for its owner only),
 * {@code postgres.log} and {@code lock}. The data outlives the node. A node that dies leaves its server running; the
 * next one on the same directory stops that server and starts its own. A server that dies while the node lives is
 * started again on the same port; connections are refused in the meantime.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final String DATABASE = "bulwark";
    private static final int PORT_ATTEMPTS = 3;

    private final DirectoryLock lock;
    private final Launcher launcher;
    private final Supervisor supervisor;

    private EmbeddedPostgres(DirectoryLock lock, Launcher launcher, Supervisor supervisor) {
        this.lock = lock;
        this.launcher = launcher;
        this.supervisor = supervisor;
    }

    /**
     * Starts the server on this directory, which is made if it is missing, and returns when it accepts connections.
     *
     * @throws EmbeddedPostgresException when it cannot be had; the message says why in one sentence: another node has
     *     the directory, the platform has no binaries, the data is of another major version, there is no space, the
     *     directory cannot be used, the port is taken, the start takes too long
     */
    public static EmbeddedPostgres start(Path directory, Settings settings) {
        try {
            Path usable = Files.createDirectories(directory).toRealPath();
            DirectoryLock lock = DirectoryLock.take(usable);
            return startLocked(usable, settings, lock);
        } catch (IOException | SQLException failure) {
            throw new EmbeddedPostgresException(
                    "PostgreSQL cannot be started in " + directory + ": " + described(failure), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException("The start of PostgreSQL was interrupted", interrupted);
        }
    }

    private static EmbeddedPostgres startLocked(Path directory, Settings settings, DirectoryLock lock)
            throws IOException, InterruptedException, SQLException {
        try {
            DataDirectory data = new DataDirectory(directory);
            ServerProcesses processes = new ServerProcesses(data.path());
            Programs.checkOrdinaryUser(directory);
            data.check(settings);
            processes.stopAll(settings.stopWithin());
            Path binaries = Binaries.unpack(directory);
            data.initialise(binaries);
            ServerLog serverLog = new ServerLog(directory);
            Launcher launcher = new Launcher(binaries, data, serverLog, settings);
            Supervisor supervisor = launch(launcher, processes, serverLog, settings.port());
            ensureDatabase(launcher, supervisor);
            log.info(
                    "PostgreSQL {} (process {}) runs on port {}, data in {}",
                    Binaries.VERSION,
                    supervisor.pid(),
                    supervisor.port(),
                    data.path());
            return new EmbeddedPostgres(lock, launcher, supervisor);
        } catch (IOException | InterruptedException | SQLException | EmbeddedPostgresException failure) {
            lock.close();
            throw failure;
        }
    }

    /**
     * The server that another node runs on this directory, for a node of the same person beside it; empty when none runs.
     *
     * @throws EmbeddedPostgresException when the directory cannot be read
     */
    public static Optional<Running> running(Path directory) {
        DataDirectory data = new DataDirectory(directory);
        try {
            OptionalInt port = data.portWhenReady();
            return port.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new Running(Launcher.url(port.getAsInt(), DATABASE), DataDirectory.USER, data.password()));
        } catch (IOException failure) {
            throw new EmbeddedPostgresException(
                    "The PostgreSQL of another node in " + directory + " cannot be used: " + described(failure),
                    failure);
        }
    }

    /** How a server is reached that another node runs. */
    public record Running(String jdbcUrl, String user, String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return jdbcUrl + " as " + user;
        }
    }

    /**
     * Who owns everything in the server on this directory, whether it runs or not; empty when nobody has started one there.
     *
     * @throws EmbeddedPostgresException when the directory cannot be read
     */
    public static Optional<Owner> owner(Path directory) {
        try {
            return Files.exists(directory.resolve("password"))
                    ? Optional.of(new Owner(DATABASE, DataDirectory.USER, new DataDirectory(directory).password()))
                    : Optional.empty();
        } catch (IOException failure) {
            throw new EmbeddedPostgresException(
                    "The password beside the data in " + directory + " cannot be read: " + described(failure), failure);
        }
    }

    /** The database of a node, and its owner. */
    public record Owner(String database, String user, String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return database + " of " + user;
        }
    }

    private static void ensureDatabase(Launcher launcher, Supervisor supervisor)
            throws IOException, InterruptedException, SQLException {
        try {
            launcher.ensureDatabase(supervisor.port(), DATABASE);
        } catch (SQLException failure) {
            supervisor.stop();
            throw failure;
        }
    }

    /** A free port may be taken by somebody else before the server has it; then another is tried. */
    private static Supervisor launch(Launcher launcher, ServerProcesses processes, ServerLog serverLog, int port)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return Supervisor.start(launcher, processes, serverLog, port == 0 ? Launcher.freePort() : port);
            } catch (EmbeddedPostgresException failure) {
                boolean taken = String.valueOf(failure.getMessage()).contains("Address already in use");
                if (port != 0 || !taken || attempt == PORT_ATTEMPTS) {
                    throw failure;
                }
            }
        }
    }

    private static String described(Exception failure) {
        String kind = failure.getClass().getSimpleName();
        return failure.getMessage() == null ? kind : kind + ": " + failure.getMessage();
    }

    /** Of the database {@code bulwark}, without user and password. */
    public String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    /** Of another database on this server. */
    public String jdbcUrl(String database) {
        return Launcher.url(port(), database);
    }

    /** The owner of everything in this server. */
    public String user() {
        return DataDirectory.USER;
    }

    /** The password of {@link #user}. */
    public String password() {
        return launcher.password();
    }

    /** On 127.0.0.1; the same for as long as this object lives. */
    public int port() {
        return supervisor.port();
    }

    /** The postmaster's process id, which changes when the server is started again. */
    public long pid() {
        return supervisor.pid();
    }

    /** The version of the server's programs. */
    public String version() {
        return Binaries.VERSION;
    }

    /**
     * Stops the server: open transactions are rolled back, what was committed is on disk. Returns when the last of its
     * processes is gone, at most {@link Settings#stopWithin} and some seconds later.
     */
    @Override
    public void close() {
        try (lock) {
            supervisor.stop();
            log.info("PostgreSQL has stopped");
        } catch (IOException failure) {
            throw new EmbeddedPostgresException("PostgreSQL could not be stopped: " + described(failure), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
