package io.bulwark.persistence.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes that work on one data directory, whoever started them.
 *
 * <p>They are found by their working directory in {@code /proc}, not by {@code postmaster.pid}: its number may by now
 * be somebody else's, and a killed postmaster leaves backends behind that its file says nothing of. A process that has
 * ended and that nobody has collected yet (a zombie) has no working directory any more, and so does not count.
 */
final class ServerProcesses {
    private static final Logger log = LoggerFactory.getLogger(ServerProcesses.class);
    private static final Duration ORPHANS_LEAVE_WITHIN = Duration.ofSeconds(5);

    private final Path data;

    /** @param data as {@link Path#toRealPath} gives it, as {@code /proc} does */
    ServerProcesses(Path data) {
        this.data = data;
    }

    /** Ids of the processes that have this data directory open now. */
    List<Long> live() {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(this::worksHere)
                .toList();
    }

    private boolean worksHere(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            String program = Files.readSymbolicLink(process.resolve("exe")).toString();
            return Files.readSymbolicLink(process.resolve("cwd")).equals(data) && program.contains("/postgres");
        } catch (IOException | SecurityException gone) {
            return false;
        }
    }

    /**
     * Stops what an earlier node left running, and waits until the last of its processes is gone: two servers on one
     * directory would destroy it.
     */
    void stopAll(Duration orderly) throws IOException, InterruptedException {
        long postmaster = postmaster();
        if (postmaster != 0 && worksHere(postmaster)) {
            log.warn("PostgreSQL (process {}) of an earlier node still runs on {}: stopping it", postmaster, data);
            stop(postmaster, () -> !worksHere(postmaster), orderly);
        }
        clear();
    }

    /** Orderly (SIGINT), then at once (SIGQUIT: recovers at the next start), then by force. */
    static void stop(long postmaster, BooleanSupplier gone, Duration orderly) throws IOException, InterruptedException {
        Programs.signal(postmaster, "INT");
        if (!await(gone, orderly)) {
            log.warn("PostgreSQL (process {}) did not stop within {}: it drops everything now", postmaster, orderly);
            stopAtOnce(postmaster, gone);
        }
    }

    /** Without a checkpoint (SIGQUIT: recovers at the next start), then by force. */
    static void stopAtOnce(long postmaster, BooleanSupplier gone) throws IOException, InterruptedException {
        Programs.signal(postmaster, "QUIT");
        if (!await(gone, ORPHANS_LEAVE_WITHIN)) {
            Programs.signal(postmaster, "KILL");
        }
    }

    /**
     * Makes room for a new server once the postmaster is dead. Afterwards {@code postmaster.pid} names nobody and is
     * removed, because the server itself takes a zombie under that number for a living postmaster.
     */
    void clear() throws IOException, InterruptedException {
        awaitOrphans();
        Files.deleteIfExists(data.resolve("postmaster.pid"));
    }

    /** Backends notice within moments that their postmaster is dead; one that does not is ended by force. */
    private void awaitOrphans() throws IOException, InterruptedException {
        if (await(() -> live().isEmpty(), ORPHANS_LEAVE_WITHIN)) {
            return;
        }
        for (long orphan : live()) {
            Programs.signal(orphan, "KILL");
        }
        if (!await(() -> live().isEmpty(), ORPHANS_LEAVE_WITHIN)) {
            throw new EmbeddedPostgresException("The processes " + live() + " still work on " + data
                    + " and cannot be ended: end them, then start again");
        }
    }

    private long postmaster() throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return 0;
        }
        List<String> lines = Files.readAllLines(file);
        String first = lines.isEmpty() ? "" : lines.getFirst().strip();
        return first.matches("[0-9]{1,10}") ? Long.parseLong(first) : 0;
    }

    /** Looks again every 10 ms: there is no signal for the end of a process that is not a child. */
    private static boolean await(BooleanSupplier condition, Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(10_000_000);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return true;
    }
}
