package io.bulwark.http.gateway;

import io.bulwark.http.wire.EventLoops;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;

/**
 * The connections to one target. One whose bytes the calling thread carries itself is preferred, because every other
 * costs two switches of threads; among them the one that was used last, so that as few as possible are kept, and one that
 * has been idle for longer than {@code keepAlive} is closed instead of used. How many are in use is bounded by the
 * service's {@code maxInFlight}, which the caller keeps.
 */
final class Connections {
    private final Supplier<Connection> open;
    private final Duration keepAlive;
    private final InstantSource clock;
    private final Map<Optional<EventLoop>, Deque<Idle>> idle = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Connections(Supplier<Connection> open, Duration keepAlive, InstantSource clock) {
        this.open = open;
        this.keepAlive = keepAlive;
        this.clock = clock;
    }

    /** A connection for one call, kept or new. */
    Connection take() {
        Instant oldest = clock.instant().minus(keepAlive);
        Optional<Connection> own = kept(carriedBy(EventLoops.current()), oldest);
        if (own.isPresent()) {
            return own.get();
        }
        for (Deque<Idle> others : idle.values()) {
            Optional<Connection> other = kept(others, oldest);
            if (other.isPresent()) {
                return other.get();
            }
        }
        return fresh();
    }

    private Optional<Connection> kept(Deque<Idle> from, Instant oldest) {
        for (Idle next = from.pollFirst(); next != null; next = from.pollFirst()) {
            if (next.isUsable(oldest)) {
                return Optional.of(next.connection);
            }
            next.connection.kill("It was idle for longer than " + keepAlive);
        }
        return Optional.empty();
    }

    /** A new connection. */
    Connection fresh() {
        return open.get();
    }

    /** Keeps a connection whose call was answered whole. */
    void giveBack(Connection connection) {
        connection.clean();
        carriedBy(connection.carrier()).addFirst(new Idle(connection, clock.instant()));
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

    /** There are as many carriers as cores, and nobody. */
    private Deque<Idle> carriedBy(Optional<EventLoop> carrier) {
        return idle.computeIfAbsent(carrier, _ -> new ConcurrentLinkedDeque<>());
    }

    private void closeIdle(Instant oldest) {
        idle.values()
                .forEach(kept -> kept.removeIf(each -> {
                    boolean drop = !each.isUsable(oldest);
                    if (drop) {
                        each.connection.kill("It is not needed any more");
                    }
                    return drop;
                }));
    }

    /** A connection that waits for its next call. */
    private record Idle(Connection connection, Instant since) {
        boolean isUsable(Instant oldest) {
            return !connection.isEnded() && since.isAfter(oldest);
        }
    }
}
