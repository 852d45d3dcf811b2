package io.bulwark.load.client;

import io.bulwark.load.wire.HttpMessage;
import io.bulwark.load.wire.RawConnection;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Connections to wherever a client calls, kept open between calls; as many as there are calls at the same moment. For
 * many threads, each of which waits for its own answer: on virtual threads that costs about as much as the system's
 * calls do, and the harness shares the cores with what it measures.
 */
final class Connections implements AutoCloseable {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);

    private final Duration answerWithin;
    /** Those at rest, the last used first, so that of many that were needed once the rest grow old together. */
    private final ConcurrentHashMap<URI, ConcurrentLinkedDeque<RawConnection>> idle = new ConcurrentHashMap<>();

    private final Set<RawConnection> all = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param answerWithin the longest wait for the connection, and for each piece of the answer */
    Connections(Duration answerWithin) {
        this.answerWithin = answerWithin;
    }

    /**
     * Sends a request and waits for its answer. A connection that the other side closed while it rested is not used.
     *
     * @param request head and body
     * @throws java.net.ConnectException when no connection could be made, so that nothing was sent
     * @throws IOException when no whole answer came; nothing is sent twice
     */
    HttpMessage exchange(URI address, String method, byte[] request) throws IOException {
        RawConnection connection = take(address);
        boolean reusable = false;
        try {
            connection.send(request);
            HttpMessage answer = connection
                    .answerTo(method)
                    .orElseThrow(() -> new EOFException("The connection was closed before the answer"));
            reusable = isKeptOpen(answer);
            return answer;
        } finally {
            if (reusable) {
                rest(address, connection);
            } else {
                drop(connection);
            }
        }
    }

    private RawConnection take(URI address) throws IOException {
        ConcurrentLinkedDeque<RawConnection> resting = idle.getOrDefault(address, new ConcurrentLinkedDeque<>());
        for (RawConnection found = resting.pollFirst(); found != null; found = resting.pollFirst()) {
            if (found.isQuiet()) {
                return found;
            }
            drop(found);
        }
        Duration within = answerWithin.compareTo(CONNECT_WITHIN) < 0 ? answerWithin : CONNECT_WITHIN;
        RawConnection connection = RawConnection.to(address, within, answerWithin);
        all.add(connection);
        if (closed) {
            drop(connection);
        }
        return connection;
    }

    private static boolean isKeptOpen(HttpMessage answer) {
        Optional<String> connection = answer.header("Connection");
        boolean framed = answer.header("Content-Length").isPresent()
                || answer.header("Transfer-Encoding").isPresent()
                || answer.status() == 204
                || answer.status() == 304;
        return framed && connection.filter("close"::equalsIgnoreCase).isEmpty();
    }

    private void rest(URI address, RawConnection connection) {
        idle.computeIfAbsent(address, a -> new ConcurrentLinkedDeque<>()).addFirst(connection);
        if (closed) {
            drop(connection);
        }
    }

    private void drop(RawConnection connection) {
        all.remove(connection);
        try {
            connection.close();
        } catch (IOException e) {
            // A socket whose close fails is closed all the same.
        }
    }

    /** Closes all; calls under way fail. */
    @Override
    public void close() {
        closed = true;
        all.forEach(this::drop);
    }
}
