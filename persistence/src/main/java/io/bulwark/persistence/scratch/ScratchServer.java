package io.bulwark.persistence.scratch;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.ChildServer;
import io.bulwark.persistence.embedded.EmbeddedPostgresException;
import io.bulwark.persistence.embedded.ServerPrograms;
import io.bulwark.persistence.embedded.Trees;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server on a restored data directory, on 127.0.0.1 and a free port: to be looked at and thrown away. It neither archives
 * nor replicates, waits for no standby, loads no library of the source, and lets in one user only. It is ended without a
 * checkpoint.
 *
 * <p>Beside the data directory {@code DIR} stands {@code DIR.server}, with the server's log and the files that it is
 * configured by.
 */
public final class ScratchServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ScratchServer.class);
    private static final int PORT_ATTEMPTS = 3;

    private final ChildServer server;
    private final Path data;
    private final Database database;
    private final boolean keep;

    private ScratchServer(ChildServer server, Path data, Database database, boolean keep) {
        this.server = server;
        this.data = data;
        this.database = database;
        this.keep = keep;
    }

    /**
     * Starts the server, and returns when it has replayed the log up to the wanted point and accepts connections.
     *
     * @param dataDirectory as a restore left it; no server may run on it
     * @param credentials of the server that was backed up: the restored one has its roles, with the passwords that they had
     *     at the wanted point. Of the URL only the database's name counts
     * @throws ScratchException when it cannot be had: the programs are of another version, the wanted point is after the
     *     last transaction of the log, the user or the database was not there yet, the server fails or says nothing for
     *     too long; the data directory is left as it is
     * @throws InterruptedIOException when the thread was interrupted
     */
    public static ScratchServer start(Path dataDirectory, Database credentials, ScratchSettings settings)
            throws IOException {
        try {
            Path data = dataDirectory.toAbsolutePath().normalize();
            ServerPrograms programs = settings.programs().forData("The data in " + data, major(data));
            ScratchOptions.writeFiles(files(data), credentials.user());
            return start(programs, data, credentials, settings);
        } catch (EmbeddedPostgresException failure) {
            throw new ScratchException(String.valueOf(failure.getMessage()), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            InterruptedIOException told = new InterruptedIOException("The start of the scratch server was interrupted");
            told.initCause(interrupted);
            throw told;
        }
    }

    /** A free port may be taken by somebody else before the server has it; then another is tried. */
    private static ScratchServer start(
            ServerPrograms programs, Path data, Database credentials, ScratchSettings settings)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            int port = ChildServer.freePort();
            List<String> options = ScratchOptions.of(Integer.parseInt(programs.major()), port, files(data), settings);
            ChildServer server = ChildServer.launch(programs, data, options, files(data));
            try {
                Database database = RestoredDatabase.on(port, credentials);
                new Waiting(server, database, settings.stuckAfter()).untilItServes();
                log.info("A scratch server (process {}) runs on port {}, data in {}", server.pid(), port, data);
                return new ScratchServer(server, data, database, settings.keep());
            } catch (IOException | InterruptedException | RuntimeException failure) {
                boolean portTaken = server.trouble().contains("Address already in use");
                server.close();
                if (!portTaken || attempt == PORT_ATTEMPTS) {
                    throw failure;
                }
            }
        }
    }

    private static Path files(Path data) {
        return data.resolveSibling(data.getFileName() + ".server");
    }

    private static String major(Path data) throws IOException {
        Path file = data.resolve("PG_VERSION");
        String found = Files.exists(file) ? Files.readString(file).strip() : "";
        if (!found.matches("[0-9]{1,4}")) {
            throw new ScratchException("The directory " + data + " has "
                    + (found.isEmpty() ? "no PG_VERSION" : "the PG_VERSION '" + found + "'")
                    + ": expected a data directory of PostgreSQL, as a restore leaves it");
        }
        return found;
    }

    /** The database of the credentials' URL, on this server. */
    public Database database() {
        return database;
    }

    /** Another database of this server. */
    public Database database(String name) {
        return RestoredDatabase.named(database, name);
    }

    /** The data directory. */
    public Path data() {
        return data;
    }

    /** What the server said last, some 8 KiB at most. */
    public String said() throws IOException {
        return server.said();
    }

    /** Ends the server at once and returns when it is gone; then removes its data, unless that is to be kept. */
    @Override
    public void close() throws IOException {
        server.close();
        if (!keep) {
            Trees.delete(data);
            Trees.delete(files(data));
        }
    }
}
