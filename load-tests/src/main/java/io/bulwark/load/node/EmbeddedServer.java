package io.bulwark.load.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The PostgreSQL server that a node keeps under its data directory, seen from outside by its pid file. */
public final class EmbeddedServer {
    private final Path pidFile;

    EmbeddedServer(Path dataDirectory) {
        this.pidFile = dataDirectory.resolve("postgres/data/postmaster.pid");
    }

    /** The server's main process, when it runs. A pid that has since gone to another program does not count. */
    public Optional<ProcessHandle> process() {
        return pid().flatMap(ProcessHandle::of).filter(ProcessHandle::isAlive).filter(EmbeddedServer::isPostgres);
    }

    /** Ends the main process as {@code kill -9} would; its children notice and end by themselves. */
    public void kill() {
        ProcessHandle server =
                process().orElseThrow(() -> new IllegalStateException("No server runs under the pid of " + pidFile));
        server.destroyForcibly();
        server.onExit().join();
    }

    /** Whether a pid file is there: a server that was stopped in order has taken it away. */
    public boolean hasPidFile() {
        return Files.exists(pidFile);
    }

    private Optional<Long> pid() {
        try {
            List<String> lines = Files.readAllLines(pidFile);
            return lines.stream().findFirst().map(line -> Long.parseLong(line.trim()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(pidFile + " could not be read", e);
        }
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> command.endsWith("postgres"))
                .orElse(false);
    }
}
