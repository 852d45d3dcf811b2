package io.bulwark.http.gateway;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;

/**
 * The connections to one target. The one that was used last is used next, so that as few as possible are kept, and one
 * that has been idle for longer than {@code keepAlive} is closed instead of used. How many are in use is bounded by the
 * service's {@code maxInFlight}, which the caller keeps.
 */
final class Connections {
    private final Supplier<Connection> open;
    private final Duration keepAlive;
    private final InstantSource clock;
    private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    Connections(Supplier<Connection> open, Duration keepAlive, InstantSource clock) {
        this.open = open;
        this.keepAlive = keepAlive;
        this.clock = clock;
    }

    /** A connection for one call, kept or new. */
    Connection take() {
        Instant oldest = clock.instant().minus(keepAlive);
        for (Idle next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
            if (next.isUsable(oldest)) {
                return next.connection;
            }
            next.connection.kill("It was idle for longer than " + keepAlive);
        }
        return fresh();
    }

    /** A new connection. */
    Connection fresh() {
        return open.get();
    }

    /** Keeps a connection whose call was answered whole. */
    void giveBack(Connection connection) {
        connection.clean();
        idle.addFirst(new Idle(connection, clock.instant()));
        if (closed) {
            closeIdle(Instant.MAX);
        }
    }

    /** Closes what was idle for too long. */
    void sweep() {
        closeIdle(clock.instant().minus(keepAlive));
    }

    /** Closes what is idle now, and what is in use as soon as it is given back. */
    void close() {
        closed = true;
        closeIdle(Instant.MAX);
    }

    private void closeIdle(Instant oldest) {
        idle.removeIf(kept -> {
            boolean drop = !kept.isUsable(oldest);
            if (drop) {
                kept.connection.kill("It is not needed any more");
            }
            return drop;
        });
    }

    /** A connection that waits for its next call. */
    private record Idle(Connection connection, Instant since) {
        boolean isUsable(Instant oldest) {
            return !connection.isEnded() && since.isAfter(oldest);
        }
    }
}
