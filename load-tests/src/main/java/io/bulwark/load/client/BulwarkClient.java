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

/** Calls a Bulwark over HTTP/1.1 with one token; for many threads. */
public final class BulwarkClient implements AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);

    private final HttpClient http;
    private final Supplier<URI> address;
    private final String token;

    /** @param address asked before each call, since a restarted node has another */
    public BulwarkClient(Supplier<URI> address, String token) {
        this(
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(10))
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build(),
                address,
                token);
    }

    private BulwarkClient(HttpClient http, Supplier<URI> address, String token) {
        this.http = http;
        this.address = address;
        this.token = token;
    }

    /** The same connections with another token. */
    public BulwarkClient with(String otherToken) {
        return new BulwarkClient(http, address, otherToken);
    }

    /** A GET. */
    public Reply get(String path) {
        return send("GET", path, "");
    }

    /** A PUT of JSON; {@code headers} are names and values in turn. */
    public Reply put(String path, String json, String... headers) {
        return send("PUT", path, json, headers);
    }

    /** A POST of JSON. */
    public Reply post(String path, String json, String... headers) {
        return send("POST", path, json, headers);
    }

    /** A POST under an idempotency key, sent as a structured-field string. */
    public Reply keyed(String path, String key, String json, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 2, headers.length);
        all[0] = "Idempotency-Key";
        all[1] = '"' + key + '"';
        return send("POST", path, json, all);
    }

    /** Any request. @throws UncheckedIOException when no whole answer came */
    public Reply send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address.get() + path))
                .timeout(ANSWER_WITHIN)
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

    /** A keyed POST as a line of a history; never throws for what the network does. */
    public Call call(int client, String path, String key, String json, String... headers) {
        long start = System.nanoTime();
        Ending ending = ending(path, key, json, headers);
        return new Call(key, client, start, System.nanoTime(), ending);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private Ending ending(String path, String key, String json, String... headers) {
        try {
            return keyed(path, key, json, headers).ending();
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
