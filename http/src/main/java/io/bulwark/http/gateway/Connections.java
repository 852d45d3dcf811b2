package io.bulwark.http.gateway;

import akka.actor.Cancellable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The connections to one target. The one that was used last is used next, so that as few as possible are kept, and one
 * that has been idle for longer than {@code keepAlive} is closed instead of used. How many are in use is bounded by the
 * service's {@code maxInFlight}, which the caller keeps.
 *
 * <p>Few are opened at the same time: to open one costs many times what a call does, and while a crowd of calls opens one
 * each, those that are in use have answered and are free again. So a call that finds {@value #OPENING_AT_ONCE} under way
 * waits for whatever comes first: one that is given back, or its turn to open one, within {@value #WAIT_MILLIS} ms.
 */
final class Connections {
    private static final int OPENING_AT_ONCE = 8;
    /** After this a call opens one whatever goes on: others may be stuck with a machine that says nothing. */
    private static final int WAIT_MILLIS = 50;

    private final Supplier<Connection> open;
    private final Duration keepAlive;
    private final InstantSource clock;
    private final Delays delays;
    private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();
    /** Who takes one out completes it. */
    private final ConcurrentLinkedQueue<Place> waiting = new ConcurrentLinkedQueue<>();

    private final AtomicInteger opening = new AtomicInteger();
    private volatile boolean closed;

    Connections(Supplier<Connection> open, Duration keepAlive, InstantSource clock, Delays delays) {
        this.open = open;
        this.keepAlive = keepAlive;
        this.clock = clock;
        this.delays = delays;
    }

    /** A connection for one call, kept or new; the stage never fails. */
    CompletionStage<Connection> take() {
        Optional<Connection> kept = kept();
        if (kept.isPresent() || opening.get() < OPENING_AT_ONCE) {
            return CompletableFuture.completedStage(kept.orElseGet(this::fresh));
        }
        Place place = new Place();
        waiting.add(place);
        Cancellable patience = delays.schedule(Duration.ofMillis(WAIT_MILLIS), () -> {
            if (waiting.remove(place)) {
                place.connection.complete(fresh());
            }
        });
        serve();
        return place.connection.whenComplete((_, _) -> patience.cancel());
    }

    /** Gives those who wait what there is by now. */
    private void serve() {
        while (!waiting.isEmpty()) {
            Optional<Connection> kept = kept();
            if (kept.isEmpty() && opening.get() >= OPENING_AT_ONCE) {
                return;
            }
            Place next = waiting.poll();
            if (next == null) {
                kept.ifPresent(this::rest);
                return;
            }
            next.connection.complete(kept.orElseGet(this::fresh));
        }
    }

    private Optional<Connection> kept() {
        Instant oldest = clock.instant().minus(keepAlive);
        for (Idle next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
            if (next.isUsable(oldest)) {
                return Optional.of(next.connection);
            }
            next.connection.kill("It was idle for longer than " + keepAlive);
        }
        return Optional.empty();
    }

    /** A new connection. */
    Connection fresh() {
        opening.incrementAndGet();
        Connection connection = open.get();
        connection.opened().thenRun(() -> {
            opening.decrementAndGet();
            serve();
        });
        return connection;
    }

    /** Keeps a connection whose call was answered whole. */
    void giveBack(Connection connection) {
        connection.clean();
        rest(connection);
        serve();
    }

    private void rest(Connection connection) {
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

    /** A call that waits for a connection. */
    private static final class Place {
        final CompletableFuture<Connection> connection = new CompletableFuture<>();
    }

    /** A connection that waits for its next call. */
    private record Idle(Connection connection, Instant since) {
        boolean isUsable(Instant oldest) {
            return !connection.isEnded() && since.isAfter(oldest);
        }
    }
}
