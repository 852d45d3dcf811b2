package io.bulwark.backup;

import java.time.Instant;
import java.util.Optional;

/**
 * How the archive of the write-ahead log does.
 *
 * @param mode that is in force
 * @param state in a word: off, connecting, streaming, waiting-for-store, ended
 * @param archived up to which position the repository has the log
 * @param lagBytes how far that is behind the end of the server's log
 * @param retainedBytes how much log the server keeps for the archiver
 * @param completeAt up to when everything is in the repository, as far as is known; now, while nothing is behind
 * @param synchronous whether commits wait for the archiver now
 * @param trouble what hinders it; empty when nothing does
 */
public record ArchiveView(
        ArchiveMode mode,
        String state,
        Optional<String> archived,
        long lagBytes,
        long retainedBytes,
        Optional<Instant> completeAt,
        boolean synchronous,
        Optional<String> trouble) {
    /** Nothing is archived. */
    public static final ArchiveView OFF =
            new ArchiveView(ArchiveMode.OFF, "off", Optional.empty(), 0, 0, Optional.empty(), false, Optional.empty());
}
