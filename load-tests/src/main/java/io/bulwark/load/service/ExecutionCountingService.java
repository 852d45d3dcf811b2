package io.bulwark.load.service;

import io.bulwark.load.history.Arrival;
import io.bulwark.load.history.History;
import io.bulwark.load.wire.HttpMessage;
import io.bulwark.load.wire.HttpReader;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An HTTP service, for tests and load runs, that counts the requests of each idempotency key and treats
 * each as its plan says. One virtual thread for each connection.
 */
public final class ExecutionCountingService implements AutoCloseable {
    private static final int BACKLOG = 1024;

    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(10);

    private final ServerSocket listener;
    private final Thread acceptor;
    private final Plan plan;
    private final History history;
    private final Map<String, AtomicInteger> byKey = new ConcurrentHashMap<>();
    private final Queue<HttpMessage> requests = new ConcurrentLinkedQueue<>();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();

    private ExecutionCountingService(ServerSocket listener, Plan plan, History history) {
        this.listener = listener;
        this.acceptor =
                Thread.ofVirtual().name("service on " + listener.getLocalPort()).unstarted(this::accept);
        this.plan = plan;
        this.history = history;
    }

    /** Starts on a free port. Every arrival is added to the history. */
    public static ExecutionCountingService start(Plan plan, History history) {
        return start(0, plan, history);
    }

    /** Starts on this port: for a service that was closed and comes back. */
    public static ExecutionCountingService start(int port, Plan plan, History history) {
        return start(InetAddress.getLoopbackAddress(), port, plan, history);
    }

    /** Starts on a free port of this address, for nodes that do not share the loopback of this machine. */
    public static ExecutionCountingService start(InetAddress address, Plan plan, History history) {
        return start(address, 0, plan, history);
    }

    private static ExecutionCountingService start(InetAddress address, int port, Plan plan, History history) {
        try {
            ServerSocket listener = new ServerSocket(port, BACKLOG, address);
            ExecutionCountingService service = new ExecutionCountingService(listener, plan, history);
            service.acceptor.start();
            return service;
        } catch (IOException e) {
            throw new UncheckedIOException("The service could not listen on port " + port, e);
        }
    }

    /** Where it listens: {@code http://127.0.0.1:port}, unless it was given another address. */
    public URI address() {
        return URI.create("http://" + listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort());
    }

    /** How many requests with this key have come. */
    public int arrivals(String key) {
        return byKey.getOrDefault(key, new AtomicInteger()).get();
    }

    /** How many requests have come. */
    public long arrivals() {
        return numbers.get();
    }

    /** The requests as they came, oldest first. */
    public List<HttpMessage> requests() {
        return List.copyOf(requests);
    }

    /** The request that came last. */
    public HttpMessage latest() {
        return requests().getLast();
    }

    /** Returns when nobody can connect any more: until the accepting thread has noticed, the system still lets callers in. */
    @Override
    public void close() {
        closeQuietly(listener);
        try {
            if (!acceptor.join(CLOSED_WITHIN)) {
                throw new IllegalStateException(address() + " still accepts " + CLOSED_WITHIN + " after it was closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connections.forEach(ExecutionCountingService::closeQuietly);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException e) {
                closeQuietly(listener);
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            HttpReader reader = new HttpReader(new BufferedInputStream(connection.getInputStream()));
            Optional<HttpMessage> request = reader.request();
            while (request.isPresent() && answer(request.get(), connection)) {
                request = reader.request();
            }
        } catch (IOException e) {
            // The caller is gone, which is its right; what it had sent is in the history.
        } finally {
            connections.remove(connection);
        }
    }

    /** Whether the connection is good for another request. */
    private boolean answer(HttpMessage request, Socket connection) throws IOException {
        String key = keyOf(request);
        long number = numbers.incrementAndGet();
        int earlier = byKey.computeIfAbsent(key, none -> new AtomicInteger()).getAndIncrement();
        Behaviour behaviour = plan.behaviour(request, key, earlier);
        String body = "{\"key\":\"" + key + "\",\"arrival\":" + number + ",\"earlier\":" + earlier + "}";
        requests.add(request);
        history.add(new Arrival(number, key, System.nanoTime(), done(behaviour), body));
        return act(behaviour, request, body, connection);
    }

    private static Arrival.Done done(Behaviour behaviour) {
        return switch (behaviour) {
            case Behaviour.Answer(int status) when status == 429 || status == 503 -> Arrival.Done.REFUSED;
            case Behaviour.Answer answer -> Arrival.Done.ANSWERED;
            case Behaviour.Raw raw -> Arrival.Done.ANSWERED;
            case Behaviour.Hang hang -> Arrival.Done.LEFT_OPEN;
            case Behaviour.CloseSilently close -> Arrival.Done.LEFT_OPEN;
            case Behaviour.BreakOff breakOff -> Arrival.Done.LEFT_OPEN;
            case Behaviour.Garbage garbage -> Arrival.Done.LEFT_OPEN;
            case Behaviour.After after -> done(after.then());
        };
    }

    private boolean act(Behaviour behaviour, HttpMessage request, String body, Socket connection) throws IOException {
        OutputStream out = connection.getOutputStream();
        return switch (behaviour) {
            case Behaviour.Answer(int status) -> write(out, whole(status, request, body), true);
            case Behaviour.Raw(String text) -> write(out, ascii(text), true);
            case Behaviour.Hang hang -> waitForTheCaller(connection.getInputStream());
            case Behaviour.CloseSilently close -> false;
            case Behaviour.BreakOff breakOff -> write(out, half(body), false);
            case Behaviour.Garbage garbage -> write(out, ascii("\u0001\u0002 this is not HTTP\r\n\r\n"), false);
            case Behaviour.After(var gate, Behaviour then) -> {
                gate.join();
                yield act(then, request, body, connection);
            }
        };
    }

    private static byte[] whole(int status, HttpMessage request, String body) {
        return ascii(head(status, body) + (request.method().equals("HEAD") ? "" : body));
    }

    private static byte[] half(String body) {
        return ascii(head(201, body) + body.substring(0, body.length() / 2));
    }

    private static String head(int status, String body) {
        return "HTTP/1.1 " + status + " As-Planned\r\nContent-Type: application/json\r\nX-Served-By: counting\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n";
    }

    private static boolean write(OutputStream out, byte[] bytes, boolean keep) throws IOException {
        out.write(bytes);
        out.flush();
        return keep;
    }

    private static boolean waitForTheCaller(InputStream in) throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
        return false;
    }

    private static String keyOf(HttpMessage request) {
        String field = request.header("Idempotency-Key").orElse("");
        boolean quoted = field.length() >= 2 && field.startsWith("\"") && field.endsWith("\"");
        return quoted ? field.substring(1, field.length() - 1) : field;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // A socket whose close fails is closed all the same.
        }
    }
}
