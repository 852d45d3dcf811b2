package io.bulwark.load.client;

import io.bulwark.load.history.Call;
import io.bulwark.load.history.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Calls one node of a Bulwark over HTTP/1.1 with one token; for many threads. */
public final class BulwarkClient implements Caller, AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);

    private final Connections connections;
    private final String node;
    private final Supplier<URI> address;
    private final String token;

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
        this(new Connections(answerWithin), node, address, token);
    }

    private BulwarkClient(Connections connections, String node, Supplier<URI> address, String token) {
        this.connections = connections;
        this.node = node;
        this.address = address;
        this.token = token;
    }

    /** The same connections with another token. */
    public BulwarkClient with(String otherToken) {
        return new BulwarkClient(connections, node, address, otherToken);
    }

    /** The name under which its calls are noted. */
    String node() {
        return node;
    }

    @Override
    public Reply send(String method, String path, String body, String... headers) {
        URI to = address.get();
        try {
            return Reply.of(connections.exchange(to, method, request(to, method, path, body, headers)));
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + to + path + " got no answer", e);
        }
    }

    @Override
    public Call call(int client, String path, String key, String json, String... headers) {
        long start = System.nanoTime();
        Ending ending = ending(() -> keyed(path, key, json, headers));
        return new Call(key, client, node, start, System.nanoTime(), ending);
    }

    @Override
    public void close() {
        connections.close();
    }

    /** How a request ended, whatever the network did. */
    static Ending ending(Supplier<Reply> request) {
        try {
            return request.get().ending();
        } catch (UncheckedIOException e) {
            return new Ending.Lost(e.getMessage() + ": " + e.getCause());
        }
    }

    private byte[] request(URI to, String method, String path, String body, String... headers) {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder(400);
        head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
        field(head, "Host", to.getAuthority());
        if (!token.isEmpty()) {
            field(head, "Authorization", "Bearer " + token);
        }
        for (int i = 0; i < headers.length; i += 2) {
            field(head, headers[i], headers[i + 1]);
        }
        if (content.length > 0) {
            if (!isAmong("Content-Type", headers)) {
                field(head, "Content-Type", "application/json");
            }
            field(head, "Content-Length", Integer.toString(content.length));
        } else if (!method.equals("GET") && !method.equals("HEAD")) {
            field(head, "Content-Length", "0");
        }
        byte[] bytes = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] whole = Arrays.copyOf(bytes, bytes.length + content.length);
        System.arraycopy(content, 0, whole, bytes.length, content.length);
        return whole;
    }

    private static void field(StringBuilder head, String name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
    }

    private static boolean isAmong(String name, String... headers) {
        return IntStream.range(0, headers.length).anyMatch(i -> i % 2 == 0 && headers[i].equalsIgnoreCase(name));
    }
}
