package io.bulwark.persistence.embedded;

import io.bulwark.grammar.Ranges;
import java.time.Duration;

/**
 * How the embedded server is run.
 *
 * @param port on 127.0.0.1; 0 takes a free one at each start, and keeps it when the server is restarted after a crash
 * @param connectionsMax the most connections at once, 10 to 1,000
 * @param sharedBuffersMiB memory for pages, 16 to 65,536 MiB
 * @param startWithin how long the server may take to accept connections, crash recovery included, 1 s to 1 h
 * @param stopWithin how long an orderly stop may take before the server is told to drop everything (it recovers at the
 *     next start), 1 s to 1 h
 * @param freeSpaceMinMiB a first start is refused with less free space than this, because it would end half-way
 */
public record Settings(
        int port,
        int connectionsMax,
        int sharedBuffersMiB,
        Duration startWithin,
        Duration stopWithin,
        int freeSpaceMinMiB) {
    /** A free port, 100 connections, 128 MiB of buffers, a minute to start, half a minute to stop, 256 MiB free. */
    public static final Settings DEFAULT =
            new Settings(0, 100, 128, Duration.ofMinutes(1), Duration.ofSeconds(30), 256);

    /** @throws IllegalArgumentException when a member is outside its range; the message names it */
    public Settings {
        Ranges.check("port", port, 0, 65_535);
        Ranges.check("connectionsMax", connectionsMax, 10, 1_000);
        Ranges.check("sharedBuffersMiB", sharedBuffersMiB, 16, 65_536);
        Ranges.check("startWithin", startWithin, Duration.ofSeconds(1), Duration.ofHours(1));
        Ranges.check("stopWithin", stopWithin, Duration.ofSeconds(1), Duration.ofHours(1));
        Ranges.check("freeSpaceMinMiB", freeSpaceMinMiB, 0, Integer.MAX_VALUE);
    }

    /** The same on this port. */
    public Settings withPort(int newPort) {
        return new Settings(newPort, connectionsMax, sharedBuffersMiB, startWithin, stopWithin, freeSpaceMinMiB);
    }

    /** The same with this least free space. */
    public Settings withFreeSpaceMinMiB(int newMin) {
        return new Settings(port, connectionsMax, sharedBuffersMiB, startWithin, stopWithin, newMin);
    }
}
