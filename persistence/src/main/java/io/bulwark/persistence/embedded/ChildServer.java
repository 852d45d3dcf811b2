package io.bulwark.persistence.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * A server process on any data directory, for whoever looks at the data and throws it away: it is told how to run by its
 * command line alone, is not started again when it ends, and is ended at once.
 */
public final class ChildServer implements AutoCloseable {
    private final Path data;
    private final Process process;
    private final ServerLog serverLog;
    private final long logBytesBefore;

    private ChildServer(Path data, Process process, ServerLog serverLog, long logBytesBefore) {
        this.data = data;
        this.process = process;
        this.serverLog = serverLog;
        this.logBytesBefore = logBytesBefore;
    }

    /** A port of this machine that was free a moment ago. */
    public static int freePort() throws IOException {
        return Launcher.freePort();
    }

    /**
     * Starts the process, and does not wait for the server to accept connections.
     *
     * @param data the data directory, of the programs' major version
     * @param options such as {@code -c port=5433}
     * @param logs a folder in which the server writes {@code postgres.log}
     * @throws EmbeddedPostgresException when the server cannot be run by this user here
     */
    public static ChildServer launch(ServerPrograms programs, Path data, List<String> options, Path logs)
            throws IOException, InterruptedException {
        Path real = data.toRealPath();
        Programs.checkOrdinaryUser(real);
        ServerLog serverLog = new ServerLog(logs);
        long before = serverLog.size();
        return new ChildServer(real, programs.launch(real, options, serverLog.path()), serverLog, before);
    }

    /** Ends whatever server a process that died left running on this data directory, and returns when it is gone. */
    public static void endLeftOver(Path data) throws IOException, InterruptedException {
        if (Files.isDirectory(data)) {
            ServerProcesses processes = new ServerProcesses(data.toRealPath());
            processes.stopAll(Duration.ZERO);
        }
    }

    /** The postmaster's process id. */
    public long pid() {
        return process.pid();
    }

    /** The status with which the process ended; empty while it runs. */
    public OptionalInt ended() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /** Whether the server says that it accepts connections. */
    public boolean ready() throws IOException {
        return new PostmasterFile(data).ready(process.pid());
    }

    /** Grows while the server has something to say. */
    public long logBytes() throws IOException {
        return serverLog.size();
    }

    /** The last that the server said since it was launched, some 8 KiB at most. */
    public String said() throws IOException {
        return serverLog.since(logBytesBefore);
    }

    /** What went wrong since the server was launched, in one line; empty when it said nothing of the kind. */
    public String trouble() throws IOException {
        return serverLog.troubleSince(logBytesBefore);
    }

    /** The server's own log. */
    public Path log() {
        return serverLog.path();
    }

    /**
     * Ends the server at once, without a checkpoint, and returns when the last of its processes is gone, at most some
     * seconds later; also when the thread is interrupted.
     *
     * @throws EmbeddedPostgresException when they cannot be ended
     */
    @Override
    public void close() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            if (process.isAlive()) {
                ServerProcesses.stopAtOnce(process.pid(), () -> !process.isAlive());
            }
            new ServerProcesses(data).clear();
        } catch (InterruptedException again) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
