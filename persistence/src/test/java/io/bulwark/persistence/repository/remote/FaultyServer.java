package io.bulwark.persistence.repository.remote;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server that answers what a test wants, and keeps what it was asked. */
public final class FaultyServer implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private volatile Script script = (_, _) -> new Answer.Status(500, Map.of(), "");

    /** One request. */
    public record Asked(String method, String target, Headers headers, int bodyBytes) {
        /** A header; "" when there is none. */
        public String header(String name) {
            String value = headers.getFirst(name);
            return value == null ? "" : value;
        }
    }

    /** What a request gets. */
    public sealed interface Answer {
        /** A whole answer; one to HEAD is sent without the body. */
        record Status(int code, Map<String, String> headers, String body) implements Answer {}

        /** An answer that promises so many bytes and breaks off after the body. */
        record Cut(int code, Map<String, String> headers, long promised, String body) implements Answer {}

        /** An answer that promises so many bytes and stalls after the body. */
        record Stalled(int code, Map<String, String> headers, long promised, String body) implements Answer {}

        /** No answer; the connection is closed. */
        record Nothing() implements Answer {}

        /** No answer, and the connection stays. */
        record Silence() implements Answer {}
    }

    /** Says what a request gets; requests are counted from 1. */
    @FunctionalInterface
    public interface Script {
        Answer answer(Asked request, int number);
    }

    private FaultyServer(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public static FaultyServer start() throws IOException {
        return new FaultyServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50));
    }

    public void play(Script newScript) {
        script = newScript;
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            int bodyBytes = exchange.getRequestBody().readAllBytes().length;
            Asked request = new Asked(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders(),
                    bodyBytes);
            asked.add(request);
            send(exchange, script.answer(request, asked.size()));
        }
    }

    private void send(HttpExchange exchange, Answer answer) throws IOException {
        switch (answer) {
            case Answer.Status(int code, var headers, String body) -> {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                headers.forEach(exchange.getResponseHeaders()::set);
                boolean bodiless = exchange.getRequestMethod().equals("HEAD") || bytes.length == 0;
                exchange.sendResponseHeaders(code, bodiless ? -1 : bytes.length);
                if (!bodiless) {
                    exchange.getResponseBody().write(bytes);
                }
            }
            case Answer.Cut(int code, var headers, long promised, String body) ->
                begin(exchange, code, headers, promised, body);
            case Answer.Stalled(int code, var headers, long promised, String body) -> {
                begin(exchange, code, headers, promised, body);
                stall();
            }
            case Answer.Nothing() -> {}
            case Answer.Silence() -> stall();
        }
    }

    private static void begin(HttpExchange exchange, int code, Map<String, String> headers, long promised, String body)
            throws IOException {
        headers.forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(code, promised);
        exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
    }

    private void stall() {
        try {
            closing.await();
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }
}
