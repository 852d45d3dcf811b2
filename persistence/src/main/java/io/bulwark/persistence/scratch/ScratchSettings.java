package io.bulwark.persistence.scratch;

import io.bulwark.grammar.Ranges;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a scratch server is run.
 *
 * @param stuckAfter how long it may say nothing new while it starts, and replays the log, before it is given up; there is
 *     no bound on how long it may replay. 1 s to 1 h
 * @param connectionsMax the most connections at once, 5 to 100
 * @param sharedBuffersMiB memory for pages, 16 to 65,536 MiB
 * @param keep whether the data directory is left when the server is closed
 */
public record ScratchSettings(
        Programs programs, Duration stuckAfter, int connectionsMax, int sharedBuffersMiB, boolean keep) {
    /** @throws IllegalArgumentException when a member is outside its range; the message names it */
    public ScratchSettings {
        Ranges.check("stuckAfter", stuckAfter, Duration.ofSeconds(1), Duration.ofHours(1));
        Ranges.check("connectionsMax", connectionsMax, 5, 100);
        Ranges.check("sharedBuffersMiB", sharedBuffersMiB, 16, 65_536);
    }

    /**
     * The programs that Bulwark brings, 5 minutes, 20 connections, 128 MiB; removed when it is closed.
     *
     * @param programs where the programs are unpacked, once
     */
    public static ScratchSettings with(Path programs) {
        return new ScratchSettings(new Programs.Brought(programs), Duration.ofMinutes(5), 20, 128, false);
    }

    /** The same with these programs. */
    public ScratchSettings withPrograms(Programs others) {
        return new ScratchSettings(others, stuckAfter, connectionsMax, sharedBuffersMiB, keep);
    }

    /** The same with this bound. */
    public ScratchSettings withStuckAfter(Duration newBound) {
        return new ScratchSettings(programs, newBound, connectionsMax, sharedBuffersMiB, keep);
    }

    /** The same, and the data directory is left when the server is closed. */
    public ScratchSettings keeping() {
        return new ScratchSettings(programs, stuckAfter, connectionsMax, sharedBuffersMiB, true);
    }
}
