package io.bulwark.node.command;

import io.bulwark.node.config.NodeConfig;
import io.bulwark.persistence.embedded.ChildServer;
import io.bulwark.persistence.embedded.ServerPrograms;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.scratch.Programs;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/**
 * A server that is started on a restored directory, on loopback, and goes on when the command has ended.
 *
 * @param port 0: a free one
 */
record RestoredServer(ServerPrograms programs, int port) {
    /** A server that moves writes to its log: how far it is in the replay, every ten seconds, or each file of it. */
    private static final Duration SILENT_MAX = Duration.ofMinutes(10);

    private static final int VERSIONS_OF_MAJOR = 10_000;

    /** Whether one is wanted. */
    static final class Choice {
        @Option(
                names = "--start",
                required = true,
                description = "Starts a server on it, on 127.0.0.1, and waits until it has replayed the log.")
        private boolean wanted;

        @Option(
                names = "--programs",
                paramLabel = "BIN",
                description =
                        "The folder with PostgreSQL's programs, where the backup is not of the version that Bulwark"
                                + " brings, such as /usr/lib/postgresql/16/bin.")
        private Optional<Path> programs = Optional.empty();

        @Option(names = "--port", paramLabel = "PORT", description = "Where it listens; else a free one.")
        private int port;

        /**
         * With its programs found, before anything is restored.
         *
         * @throws IOException when they are not there, or of another version
         */
        Optional<RestoredServer> prepared(Backup backup, Supplier<NodeConfig> config) throws IOException {
            if (!wanted) {
                return Optional.empty();
            }
            Programs chosen = programs.<Programs>map(Programs.Installed::new)
                    .orElseGet(() -> new Programs.Brought(config.get().dataDir().resolve("programs")));
            String major = Integer.toString(backup.start().serverVersionNum() / VERSIONS_OF_MAJOR);
            try {
                return Optional.of(new RestoredServer(chosen.forData("The backup " + backup.id(), major), port));
            } catch (InterruptedException interrupted) {
                throw interrupted(interrupted);
            }
        }
    }

    /**
     * Starts it, and returns when it is open for writing; beside the data directory {@code DIR} its log is in
     * {@code DIR.server}.
     *
     * @throws IOException when it ends or says nothing for too long: it runs no longer then
     */
    void start(Path data, PrintWriter out) throws IOException {
        Path logs = Files.createDirectories(data.resolveSibling(data.getFileName() + ".server"));
        try {
            int listens = port == 0 ? ChildServer.freePort() : port;
            List<String> options = Stream.of(
                            "port=" + listens,
                            "listen_addresses=127.0.0.1",
                            "unix_socket_directories=",
                            // Else it says that it is ready as soon as it can be read, while it replays.
                            "hot_standby=off")
                    .flatMap(option -> Stream.of("-c", option))
                    .toList();
            ChildServer server = ChildServer.launch(programs, data, options, logs);
            boolean serves = false;
            try {
                awaitOpen(server);
                serves = true;
            } finally {
                if (!serves) {
                    server.close();
                }
            }
            out.println("Started on 127.0.0.1:" + listens + " (process " + server.pid()
                    + "), with the users and passwords that it had; its log is " + server.log()
                    + ", and `kill -INT " + server.pid() + "` ends it");
        } catch (InterruptedException interrupted) {
            throw interrupted(interrupted);
        }
    }

    private static void awaitOpen(ChildServer server) throws IOException, InterruptedException {
        long said = -1;
        long movedNanos = System.nanoTime();
        while (!server.ready()) {
            if (server.ended().isPresent()) {
                throw new IOException("What was restored is whole, and the server on it ended with "
                        + server.ended().getAsInt() + ": " + server.trouble() + "; see " + server.log());
            }
            if (server.logBytes() != said) {
                said = server.logBytes();
                movedNanos = System.nanoTime();
            }
            if (System.nanoTime() - movedNanos > SILENT_MAX.toNanos()) {
                throw new IOException("What was restored is whole, and the server on it has said nothing for "
                        + SILENT_MAX + " and is not open: see " + server.log());
            }
            LockSupport.parkNanos(20_000_000);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private static InterruptedIOException interrupted(InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        InterruptedIOException told = new InterruptedIOException("The start of the restored server was interrupted");
        told.initCause(interrupted);
        return told;
    }
}
