package io.bulwark.http.gateway;

import io.bulwark.idempotency.Body;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/** A service on a real socket that does exactly what a test tells it, well-behaved or not. */
final class RawService implements AutoCloseable {
    private final ServerSocket server;
    private final AtomicInteger connections = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Script script;

    RawService(Script script) {
        this(ServerSocketFactory.getDefault(), script);
    }

    RawService(ServerSocketFactory sockets, Script script) {
        this.script = script;
        try {
            server = sockets.createServerSocket(0, 500, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** A service that answers every request with these bytes. */
    static RawService answering(String response) {
        return new RawService(exchange -> exchange.write(response));
    }

    /** The bytes of a message: its head's lines, and its body. */
    static String message(String body, String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n" + body;
    }

    void script(Script next) {
        script = next;
    }

    String address() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** Requests whose head and body arrived whole. */
    List<Request> requests() {
        return requests;
    }

    int connections() {
        return connections.get();
    }

    /** Connections that are open now. */
    int open() {
        return open.size();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            for (Optional<Request> next = Request.read(in); next.isPresent(); next = Request.read(in)) {
                requests.add(next.get());
                script.answer(new Exchange(next.get(), socket, closed));
            }
        } catch (IOException e) {
            // The other side is gone, or the script closed the connection.
        } finally {
            open.remove(socket);
        }
    }

    /** What the service does with a request. */
    interface Script {
        void answer(Exchange exchange) throws IOException;
    }

    /** One request, and the connection on which it came. */
    record Exchange(Request request, Socket socket, CountDownLatch closed) {
        void write(String bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        /** Until the test is over. */
        void hang() throws IOException {
            waitFor(closed);
        }

        void waitFor(CountDownLatch latch) throws IOException {
            if (!pause(latch, Duration.ofSeconds(60))) {
                throw new IOException("Nothing came");
            }
        }

        /** Until the latch opens or the time is over; whether it opened. */
        boolean pause(CountDownLatch latch, Duration atMost) throws IOException {
            try {
                return latch.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }

        void close() throws IOException {
            socket.close();
        }

        /** Closes with a reset instead of an orderly end. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    /** A request as it came over the wire. */
    record Request(String line, List<String> headers, Body body) {
        /** The value of a header that is there once; empty when it is not there. */
        Optional<String> header(String name) {
            List<String> values = headers(name);
            if (values.size() > 1) {
                throw new AssertionError(name + " is there " + values.size() + " times: " + values);
            }
            return values.stream().findFirst();
        }

        List<String> headers(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .toList();
        }

        String text() {
            return new String(body.unwrap(), StandardCharsets.UTF_8);
        }

        static Optional<Request> read(InputStream in) throws IOException {
            Optional<String> line = line(in);
            if (line.isEmpty()) {
                return Optional.empty();
            }
            List<String> headers = new ArrayList<>();
            for (String next = line(in).orElse(""); !next.isEmpty(); next = line(in).orElse("")) {
                headers.add(next);
            }
            Request head = new Request(line.get(), List.copyOf(headers), Body.EMPTY);
            byte[] body = head.header("transfer-encoding").isPresent()
                    ? chunked(in)
                    : in.readNBytes(
                            Integer.parseInt(head.header("content-length").orElse("0")));
            return Optional.of(new Request(head.line, head.headers, Body.wrap(body)));
        }

        private static byte[] chunked(InputStream in) throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            int size = Integer.parseInt(line(in).orElseThrow(() -> new IOException("No chunk")), 16);
            while (size > 0) {
                body.write(in.readNBytes(size));
                line(in);
                size = Integer.parseInt(line(in).orElseThrow(() -> new IOException("No chunk")), 16);
            }
            line(in);
            return body.toByteArray();
        }

        private static Optional<String> line(InputStream in) throws IOException {
            StringBuilder line = new StringBuilder();
            int next = in.read();
            if (next < 0) {
                return Optional.empty();
            }
            while (next >= 0 && next != '\n') {
                if (next != '\r') {
                    line.append((char) next);
                }
                next = in.read();
            }
            return Optional.of(line.toString());
        }
    }
}
