package io.bulwark.http.server;

import akka.http.javadsl.model.HttpResponse;
import io.bulwark.http.framing.Refusal;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the two ends of one connection, its bytes and its calls, know of each other. */
final class Connection {
    /** How a connection is to end. */
    enum End {
        /** At the end of the request that is being received, or of the first one; what was received is answered. */
        WHEN_ANSWERED,
        /** Now. */
        AT_ONCE
    }

    private final AtomicInteger calls = new AtomicInteger();
    private volatile @Nullable Refusal broken;
    private volatile @Nullable HttpResponse prepared;

    private @Nullable Consumer<End> end;
    private @Nullable End wanted;

    void callBegins() {
        calls.incrementAndGet();
    }

    void callEnds() {
        calls.decrementAndGet();
    }

    boolean hasCalls() {
        return calls.get() > 0;
    }

    /** The answer to the request that Akka reads next is there. */
    void prepare(HttpResponse response) {
        prepared = response;
    }

    /** The answer that was prepared, once. */
    Optional<HttpResponse> takePrepared() {
        HttpResponse response = prepared;
        prepared = null;
        return Optional.ofNullable(response);
    }

    /** The body of the request in hand is not read on. */
    void broken(Refusal refusal) {
        broken = refusal;
    }

    /** Why the body of the request in hand is not read on. */
    Optional<Refusal> broken() {
        return Optional.ofNullable(broken);
    }

    /** Whoever holds the bytes says how they are ended; told at once when the end came first. */
    synchronized void onEnd(Consumer<End> how) {
        end = how;
        End earlier = wanted;
        if (earlier != null) {
            how.accept(earlier);
        }
    }

    /** Whether it was said how the connection is to end. */
    synchronized boolean isEnding() {
        return wanted != null;
    }

    synchronized void end(End how) {
        wanted = how;
        Consumer<End> ending = end;
        if (ending != null) {
            ending.accept(how);
        }
    }
}
