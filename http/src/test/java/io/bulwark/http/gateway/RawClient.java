package io.bulwark.http.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bulwark.idempotency.Body;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/** A client that sends bytes and shows bytes: it adds nothing, and hides nothing. */
final class RawClient {
    private final int port;

    RawClient(int port) {
        this.port = port;
    }

    /** One call on a connection of its own, whose end ends the answer. */
    Response call(String method, String target, String body, String... headers) {
        try (Socket socket = open(method, target, body, headers)) {
            return Response.read(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    CompletableFuture<Response> callAsync(String method, String target, String body, String... headers) {
        return CompletableFuture.supplyAsync(
                () -> call(method, target, body, headers), Executors.newVirtualThreadPerTaskExecutor());
    }

    /** Sends a call and leaves the reading of its answer, or the hanging up, to the test. */
    Socket open(String method, String target, String body, String... headers) {
        StringBuilder head =
                new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: bulwark.test\r\nConnection: close\r\n");
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0) {
            head.append("Content-Length: ").append(bytes.length).append("\r\n");
        }
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return openRaw(head + "\r\n" + body);
    }

    Socket openRaw(String bytes) {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An answer as it came over the wire, with its body unchunked. */
    record Response(int status, List<String> headerLines, Body body, boolean whole) {
        String text() {
            return new String(body.unwrap(), StandardCharsets.UTF_8);
        }

        List<String> headers(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return headerLines.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .toList();
        }

        Optional<String> header(String name) {
            return headers(name).stream().findFirst();
        }

        JsonNode json() {
            try {
                return new ObjectMapper().readTree(body.unwrap());
            } catch (IOException e) {
                throw new AssertionError("Not JSON: " + text(), e);
            }
        }

        /** The name of the problem that it is. */
        String problem() {
            return json().path("type").asText().replace("urn:bulwark:problem:", "");
        }

        static Response read(InputStream in) throws IOException {
            byte[] all = readAll(in);
            String text = new String(all, StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (end < 0) {
                throw new IOException("Not an answer: '" + text + "'");
            }
            List<String> lines = new ArrayList<>(List.of(text.substring(0, end).split("\r\n", -1)));
            int status = Integer.parseInt(lines.removeFirst().split(" ", -1)[1]);
            Response head = new Response(status, List.copyOf(lines), Body.EMPTY, true);
            String rest = text.substring(end + 4);
            return head.header("transfer-encoding").isPresent() ? head.unchunk(rest) : head.sized(rest);
        }

        private Response sized(String rest) {
            boolean whole =
                    header("content-length").stream().allMatch(length -> Integer.parseInt(length) == rest.length());
            return new Response(status, headerLines, body(rest), whole);
        }

        private Response unchunk(String rest) {
            StringBuilder body = new StringBuilder();
            int at = 0;
            while (true) {
                int lineEnd = rest.indexOf("\r\n", at);
                if (lineEnd < 0) {
                    return new Response(status, headerLines, body(body), false);
                }
                int size = Integer.parseInt(rest.substring(at, lineEnd), 16);
                if (size == 0) {
                    return new Response(status, headerLines, body(body), true);
                }
                int from = lineEnd + 2;
                if (rest.length() < from + size + 2) {
                    return new Response(status, headerLines, body(body.append(rest.substring(from))), false);
                }
                body.append(rest, from, from + size);
                at = from + size + 2;
            }
        }

        private static Body body(CharSequence latin) {
            return Body.wrap(latin.toString().getBytes(StandardCharsets.ISO_8859_1));
        }

        /** A reset after the answer began ends it, and is no failure of the test's. */
        private static byte[] readAll(InputStream in) throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            try {
                in.transferTo(all);
            } catch (IOException cut) {
                if (all.size() == 0) {
                    throw cut;
                }
            }
            return all.toByteArray();
        }
    }
}
