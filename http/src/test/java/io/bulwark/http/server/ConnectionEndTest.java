package io.bulwark.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection whose client is gone is closed here too, whoever served it and whoever ended first. */
class ConnectionEndTest {
    private static final String CHUNK = "40000\r\n" + "x".repeat(0x40000) + "\r\n";

    private final TestListener listener = new TestListener(
            TestListener.EVERYBODY,
            Map.of("idle-timeout", "300 ms", "head-deadline", "5 s", "body-deadline", "5 s", "body-max", "64 MiB"),
            (system, bodies) -> List.of(
                    new Route(
                            "POST",
                            "/echo",
                            Access.open(),
                            call -> bodies.read(call)
                                    .thenApply(body -> HttpResponse.create().withEntity(body.toArray()))),
                    new Route(
                            "POST",
                            "/streamed",
                            Access.open(),
                            call -> CompletableFuture.completedStage(HttpResponse.create()
                                    .withEntity(HttpEntities.createChunked(
                                            ContentTypes.APPLICATION_OCTET_STREAM,
                                            call.request().entity().getDataBytes())))),
                    new Route(
                            "GET",
                            "/large",
                            Access.open(),
                            call -> CompletableFuture.completedStage(
                                    HttpResponse.create().withEntity(new byte[1 << 20])))));

    @AfterEach
    void close() {
        listener.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 0\r\n\r\n",
                "Connection: close\r\nContent-Length: 0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            })
    void clientIsAnsweredAndLeaves_connectionIsClosed(String rest) throws IOException {
        for (int i = 0; i < 5; i++) {
            try (RawClient client = listener.connect()) {
                client.send("POST /echo HTTP/1.1\r\nHost: bulwark\r\n" + rest);
                assertThat(client.read().status()).isEqualTo(200);
            }
        }

        Awaitility.await().until(() -> connections() == 0);
    }

    /** Enough answers to fill what the network holds; the second and the third time they go through Akka. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "POST /echo HTTP/1.1\r\nHost: bulwark\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /streamed HTTP/1.1\r\nHost: bulwark\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
            })
    void clientNeverReads_connectionIsClosed_whenItHasBeenIdleForTooLong(String before) throws IOException {
        String request = "GET /large HTTP/1.1\r\nHost: bulwark\r\n\r\n";
        try (RawClient client = listener.connect()) {
            Thread sender = Thread.ofVirtual()
                    .start(() -> send(client, before + (before.contains("streamed") ? CHUNK : request).repeat(64)));
            Awaitility.await().until(() -> connections() == 1);

            Awaitility.await().until(() -> connections() == 0);
            Awaitility.await().until(() -> !sender.isAlive());
        }
    }

    /** As much as is taken. */
    private static void send(RawClient client, String text) {
        try {
            client.send(text);
        } catch (IOException itWasClosed) {
            assertThat(itWasClosed).isInstanceOf(SocketException.class);
        }
    }

    private double connections() {
        return listener.meters().get("bulwark.http.connections").gauge().value();
    }
}
