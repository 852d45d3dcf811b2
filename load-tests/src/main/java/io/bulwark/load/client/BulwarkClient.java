package io.bulwark.load.client;

import io.bulwark.load.history.Call;
import io.bulwark.load.history.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Calls one node of a Bulwark over HTTP/1.1 with one token; for many threads. */
public final class BulwarkClient implements Caller, AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);

    private final HttpClient http;
    private final String node;
    private final Supplier<URI> address;
    private final String token;
    private final Duration answerWithin;

    /** @param address asked before each call, since a restarted node has another */
    public BulwarkClient(Supplier<URI> address, String token) {
        this("", address, token, ANSWER_WITHIN);
    }

    /**
     * @param node the name under which its calls are noted
     * @param address asked before each call
     * @param answerWithin after which it gives a call up
     */
    public BulwarkClient(String node, Supplier<URI> address, String token, Duration answerWithin) {
        this(
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(10))
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build(),
                node,
                address,
                token,
                answerWithin);
    }

    private BulwarkClient(HttpClient http, String node, Supplier<URI> address, String token, Duration answerWithin) {
        this.http = http;
        this.node = node;
        this.address = address;
        this.token = token;
        this.answerWithin = answerWithin;
    }

    /** The same connections with another token. */
    public BulwarkClient with(String otherToken) {
        return new BulwarkClient(http, node, address, otherToken, answerWithin);
    }

    /** The name under which its calls are noted. */
    String node() {
        return node;
    }

    @Override
    public Reply send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address.get() + path))
                .timeout(answerWithin)
                .method(method, publisher(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return exchange(request.build());
    }

    @Override
    public Call call(int client, String path, String key, String json, String... headers) {
        long start = System.nanoTime();
        Ending ending = ending(() -> keyed(path, key, json, headers));
        return new Call(key, client, node, start, System.nanoTime(), ending);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** How a request ended, whatever the network did. */
    static Ending ending(Supplier<Reply> request) {
        try {
            return request.get().ending();
        } catch (UncheckedIOException e) {
            return new Ending.Lost(e.getMessage() + ": " + e.getCause());
        }
    }

    private static HttpRequest.BodyPublisher publisher(String body) {
        return body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
    }

    private Reply exchange(HttpRequest request) {
        try {
            HttpResponse<String> response =
                    http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Reply(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(request.method() + " " + request.uri() + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted during " + request, e);
        }
    }
}
