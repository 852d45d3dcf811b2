package io.bulwark.persistence.archive;

import io.bulwark.persistence.archive.ArchiverSettings.Durability;
import io.bulwark.persistence.database.TestServer;
import io.bulwark.persistence.embedded.Servers;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a commit costs more when it waits for the archive: the same commits in turns without an archiver, with an
 * asynchronous one and with a synchronous one, for several numbers of connections. Not a test: run {@code main} on a quiet
 * machine, with the module's folder as working directory.
 */
public final class SynchronousCostBenchmark {
    private static final int COMMITS = 1_000;
    private static final int ROUNDS = 3;

    private SynchronousCostBenchmark() {}

    private enum Kind {
        NONE,
        ASYNCHRONOUS,
        SYNCHRONOUS
    }

    /** @param arguments a folder for the server and the repository; a temporary one unless given */
    public static void main(String[] arguments) throws Exception {
        Path folder = arguments.length == 0 ? Files.createTempDirectory("bulwark-cost-") : Path.of(arguments[0]);
        Path directory = Files.createDirectories(folder.resolve("server"));
        Source source = new Source(Servers.start(directory), directory);
        source.execute("CREATE TABLE cost (n bigint GENERATED ALWAYS AS IDENTITY, filler text)");
        try (Archive archive = Archive.in(folder)) {
            for (int connections : new int[] {1, 8, 32}) {
                for (int round = 0; round <= ROUNDS; round++) {
                    for (Kind kind : Kind.values()) {
                        run(source, archive, kind, connections, round == 0 ? null : System.out);
                    }
                }
            }
        }
        source.server().close();
    }

    private static void run(Source source, Archive archive, Kind kind, int connections, @Nullable PrintStream out)
            throws Exception {
        source.execute(
                "ALTER SYSTEM SET synchronous_standby_names = '"
                        + (kind == Kind.SYNCHRONOUS ? ArchiverSettings.DEFAULT.applicationName() : "") + "'",
                "SELECT pg_reload_conf()");
        if (kind == Kind.NONE) {
            measure(source, kind, connections, out);
            return;
        }
        ArchiverSettings settings = ArchiverSettings.DEFAULT.with(Durability.valueOf(kind.name()));
        try (WalArchiver archiver =
                WalArchiver.start(source.database(), archive.wal, settings, () -> true, InstantSource.system())) {
            measure(source, kind, connections, out);
            if (out != null) {
                out.println("  " + archiver.status().pieces() + " pieces, "
                        + archiver.status().segments() + " segments");
            }
        }
    }

    private static void measure(Source source, Kind kind, int connections, @Nullable PrintStream out) throws Exception {
        long[] nanos = new long[COMMITS];
        AtomicInteger next = new AtomicInteger();
        long before = System.nanoTime();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> writers = Collections.nCopies(connections, () -> commit(source, nanos, next));
            for (Future<Void> writer : executor.invokeAll(writers)) {
                writer.get();
            }
        }
        double seconds = (System.nanoTime() - before) / 1e9;
        Arrays.sort(nanos);
        if (out != null) {
            out.printf(
                    Locale.ROOT,
                    "%2d connections, %-12s p50 %.2f ms, p99 %.2f ms, %.0f commits/s%n",
                    connections,
                    kind,
                    nanos[COMMITS / 2] / 1e6,
                    nanos[COMMITS * 99 / 100] / 1e6,
                    COMMITS / seconds);
        }
    }

    private static Void commit(Source source, long[] nanos, AtomicInteger next) throws SQLException, IOException {
        try (Connection connection = TestServer.connect(source.database());
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO cost (filler) VALUES (repeat('x', 200))")) {
            for (int n = next.getAndIncrement(); n < COMMITS; n = next.getAndIncrement()) {
                long start = System.nanoTime();
                insert.executeUpdate();
                nanos[n] = System.nanoTime() - start;
            }
        }
        return null;
    }
}
