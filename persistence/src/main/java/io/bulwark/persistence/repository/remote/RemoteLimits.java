package io.bulwark.persistence.repository.remote;

import io.bulwark.grammar.Ranges;
import java.time.Duration;

/**
 * The bounds of every request to a store behind a network.
 *
 * @param connectWithin how long the network may take to connect, 100 ms to 1 min
 * @param attemptWithin how long one attempt of a request may take, 100 ms to 1 h; the largest request carries a part
 * @param callWithin how long a request may take with all its attempts, 100 ms to 6 h
 * @param attemptsMax attempts of one request, 1 to 10; the pauses between them grow and are random
 * @param partBytes the size of the first parts of an object, and of the ranges that are read; 5 to 64 MiB; a writer and a
 *     reader hold two
 * @param pageSize objects in one answer to a listing, 1 to 1,000
 */
public record RemoteLimits(
        Duration connectWithin,
        Duration attemptWithin,
        Duration callWithin,
        int attemptsMax,
        int partBytes,
        int pageSize) {
    /** 5 s to connect, 2 min an attempt, 10 min a call, 5 attempts, 8 MiB, 1,000 objects. */
    public static final RemoteLimits DEFAULT =
            new RemoteLimits(Duration.ofSeconds(5), Duration.ofMinutes(2), Duration.ofMinutes(10), 5, 8 << 20, 1_000);

    /** @throws IllegalArgumentException when a member is outside its range; the message names it */
    public RemoteLimits {
        Ranges.check("connectWithin", connectWithin, Duration.ofMillis(100), Duration.ofMinutes(1));
        Ranges.check("attemptWithin", attemptWithin, Duration.ofMillis(100), Duration.ofHours(1));
        Ranges.check("callWithin", callWithin, Duration.ofMillis(100), Duration.ofHours(6));
        Ranges.check("attemptsMax", attemptsMax, 1, 10);
        Ranges.check("partBytes", partBytes, 5 << 20, 64 << 20);
        Ranges.check("pageSize", pageSize, 1, 1_000);
    }

    /** The same with these times and attempts. */
    public RemoteLimits with(
            Duration newConnectWithin, Duration newAttemptWithin, Duration newCallWithin, int newAttemptsMax) {
        return new RemoteLimits(newConnectWithin, newAttemptWithin, newCallWithin, newAttemptsMax, partBytes, pageSize);
    }

    /** The same with these sizes. */
    public RemoteLimits with(int newPartBytes, int newPageSize) {
        return new RemoteLimits(connectWithin, attemptWithin, callWithin, attemptsMax, newPartBytes, newPageSize);
    }
}
