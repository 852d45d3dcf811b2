package io.bulwark.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.http.javadsl.model.HttpResponse;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client's trouble, and a client that makes trouble, gets. */
class TroubleTest {
    private static final String HOST = "Host: bulwark\r\n";
    private static final String POST = "POST /echo HTTP/1.1\r\n" + HOST;

    private final CompletableFuture<HttpResponse> gate = new CompletableFuture<>();
    private final CompletableFuture<Void> reached = new CompletableFuture<>();
    private TestListener listener = listener(Map.of());

    @AfterEach
    void close() {
        listener.close();
    }

    private TestListener listener(Map<String, Object> settings) {
        return new TestListener(
                TestListener.EVERYBODY,
                settings,
                (system, bodies) -> List.of(
                        new Route(
                                "POST",
                                "/echo",
                                Access.open(),
                                call -> bodies.read(call)
                                        .thenApply(body -> HttpResponse.create().withEntity(body.toArray()))),
                        new Route(
                                "GET",
                                "/ok",
                                Access.open(),
                                call -> CompletableFuture.completedStage(
                                        HttpResponse.create().withEntity("ok"))),
                        new Route("POST", "/refuse", Access.open(), call -> {
                            throw Problem.conflict("no", "No", "Not now.").exception();
                        }),
                        new Route("GET", "/wait", Access.ofAny(Role.CALLER), call -> waiting())));
    }

    private CompletionStage<HttpResponse> waiting() {
        reached.complete(null);
        return gate;
    }

    private void restart(Map<String, Object> settings) {
        listener.close();
        listener = listener(settings);
    }

    @Test
    void aBodyAtTheBound_isTaken_andOneByteMoreIs413() throws Exception {
        byte[] most = new byte[1 << 20];
        try (HttpClient client = HttpClient.newHttpClient()) {
            var taken = client.send(
                    HttpRequest.newBuilder(listener.uri("/echo"))
                            .POST(BodyPublishers.ofByteArray(most))
                            .build(),
                    BodyHandlers.ofByteArray());
            var refused = client.send(
                    HttpRequest.newBuilder(listener.uri("/echo"))
                            .POST(BodyPublishers.ofByteArray(new byte[most.length + 1]))
                            .build(),
                    BodyHandlers.ofString());

            assertThat(taken.body()).hasSize(most.length);
            assertThat(refused.statusCode()).isEqualTo(413);
            assertThat(refused.body()).contains("urn:bulwark:problem:body-too-large");
        }
    }

    @Test
    void aChunkedBodyAboveTheBound_is413() throws IOException {
        try (RawClient client = listener.connect()) {
            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 4; i++) {
                client.send("40000\r\n" + "x".repeat(0x40000) + "\r\n");
            }
            client.send("1\r\nx\r\n0\r\n\r\n");

            assertThat(client.read().problem()).isEqualTo("body-too-large");
        }
    }

    @Test
    void aBodyThatStopsHalfWay_is408_whenItsDeadlineIsOver() throws IOException {
        restart(Map.of("body-deadline", "500 ms"));
        try (RawClient client = listener.connect()) {
            client.send(POST + "Content-Length: 10\r\n\r\nhalf");

            RawClient.Answer answer = client.read();

            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.problem()).isEqualTo("request-too-slow");
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void aBodyThatDripsInSlowly_is408_thoughSomethingAlwaysMoves() throws IOException {
        restart(Map.of("body-deadline", "500 ms"));
        try (RawClient client = listener.connect()) {
            client.send(POST + "Content-Length: 1000000\r\n\r\n");

            assertThat(drip(client).problem()).isEqualTo("request-too-slow");
        }
    }

    /** Sends a byte whenever the last has had time to arrive, until the server has answered. */
    private static RawClient.Answer drip(RawClient client) throws IOException {
        for (int i = 0; i < 1_000_000 && !client.hasAnswer(Duration.ofMillis(20)); i++) {
            client.send("x");
        }
        return client.read();
    }

    @Test
    void aHeadThatDripsInSlowly_is408() throws IOException {
        restart(Map.of("head-deadline", "500 ms"));
        try (RawClient client = listener.connect()) {
            client.send("GET /ok HTTP/1.1\r\nX: ");

            assertThat(drip(client).problem()).isEqualTo("request-too-slow");
        }
    }

    @Test
    void aBodyWhoseConnectionEnds_isToldSo_andTheNextConnectionWorks() throws IOException {
        try (RawClient client = listener.connect()) {
            client.send(POST + "Content-Length: 10\r\n\r\nhalf").finish();
            assertThat(client.read().problem()).isEqualTo("body-incomplete");
        }
        try (RawClient client = listener.connect()) {
            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhal").finish();
            assertThat(client.read().problem()).isEqualTo("body-incomplete");
        }
        try (RawClient client = listener.connect()) {
            assertThat(client.send("GET /ok HTTP/1.1\r\n" + HOST + "\r\n")
                            .read()
                            .body())
                    .isEqualTo("ok");
        }
    }

    @Test
    void aChunkThatIsMalformed_isRefusedWithWhatWasWrong() throws IOException {
        try (RawClient client = listener.connect()) {
            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
            client.send("zz\r\nGET /ok HTTP/1.1\r\n" + HOST + "\r\n");

            RawClient.Answer answer = client.read();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("'z'").contains("a chunk size of hexadecimal digits");
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void aHeadThatEndsHalfWay_isRefused() throws IOException {
        try (RawClient client = listener.connect()) {
            assertThat(client.send("GET /ok HTTP/1.1\r\nHos").finish().read().problem())
                    .isEqualTo("malformed-request");
        }
    }

    @Test
    void tensOfThousandsOfHeaders_are431_andReadable() throws IOException {
        StringBuilder head = new StringBuilder("GET /ok HTTP/1.1\r\n" + HOST);
        for (int i = 0; i < 50_000; i++) {
            head.append("X-").append(i).append(": 1\r\n");
        }
        try (RawClient client = listener.connect()) {
            RawClient.Answer answer = client.send(head + "\r\n").read();

            assertThat(answer.status()).isEqualTo(431);
            assertThat(answer.problem()).isEqualTo("header-fields-too-large");
        }
    }

    @Test
    void aTargetBeyondTheBound_is414() throws IOException {
        try (RawClient client = listener.connect()) {
            client.send("GET /" + "a".repeat(8_192) + " HTTP/1.1\r\n" + HOST + "\r\n");

            assertThat(client.read().status()).isEqualTo(414);
        }
    }

    @Test
    void aRefusedCallWithABody_keepsTheConnection() throws IOException {
        try (RawClient client = listener.connect()) {
            client.send("POST /refuse HTTP/1.1\r\n" + HOST + "Content-Length: 300000\r\n\r\n");
            client.send("x".repeat(300_000) + "GET /ok HTTP/1.1\r\n" + HOST + "\r\n");

            assertThat(client.read().problem()).isEqualTo("no");
            assertThat(client.read().body()).isEqualTo("ok");
        }
    }

    @Test
    void expect100Continue_isAnsweredBeforeTheBody_andARefusalInsteadOfIt() throws IOException {
        try (RawClient client = listener.connect()) {
            client.send(POST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(100);
            assertThat(client.send("hi").read().body()).isEqualTo("hi");
        }
        try (RawClient client = listener.connect()) {
            client.send("POST /refuse HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(client.read().problem()).isEqualTo("no");
        }
    }

    @Test
    void callsAboveTheBound_areRefused_butHealthIsNot() throws IOException {
        restart(Map.of("calls-max", 1));
        try (RawClient first = listener.connect();
                RawClient second = listener.connect()) {
            first.send("GET /wait HTTP/1.1\r\n" + HOST + "\r\n");
            TestListener.await(reached);

            RawClient.Answer refused =
                    second.send("GET /wait HTTP/1.1\r\n" + HOST + "\r\n").read();

            assertThat(refused.problem()).isEqualTo("overloaded");
            assertThat(refused.header("retry-after")).contains("1");
            assertThat(second.send("GET /ok HTTP/1.1\r\n" + HOST + "\r\n")
                            .read()
                            .status())
                    .isEqualTo(200);
            gate.complete(HttpResponse.create().withEntity("done"));
            assertThat(first.read().body()).isEqualTo("done");
        }
    }

    @Test
    void connectionsAboveTheBound_areAnsweredAndClosed() throws IOException {
        restart(Map.of("connections-max", 1));
        try (RawClient first = listener.connect()) {
            assertThat(first.send("GET /ok HTTP/1.1\r\n" + HOST + "\r\n").read().status())
                    .isEqualTo(200);
            try (RawClient second = listener.connect()) {
                assertThat(second.read().problem()).isEqualTo("overloaded");
            }
        }
    }

    @Test
    void anIdleConnection_isClosed_butNotOneWhoseCallIsBeingWorkedOn() throws IOException {
        restart(Map.of("idle-timeout", "500 ms"));
        try (RawClient idle = listener.connect();
                RawClient working = listener.connect()) {
            working.send("GET /wait HTTP/1.1\r\n" + HOST + "\r\n");
            TestListener.await(reached);

            assertThat(idle.rest()).isEmpty();
            gate.complete(HttpResponse.create().withEntity("done"));
            assertThat(working.read().body()).isEqualTo("done");
        }
    }

    @Test
    void aClientThatSendsNothingMore_stillGetsItsAnswer() throws IOException {
        try (RawClient client = listener.connect()) {
            client.send("GET /wait HTTP/1.1\r\n" + HOST + "\r\n").finish();
            TestListener.await(reached);
            gate.complete(HttpResponse.create().withEntity("done"));

            assertThat(client.read().body()).isEqualTo("done");
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void draining_answersWhatIsInFlight_saysClose_andTakesNoConnections() throws IOException {
        try (RawClient busy = listener.connect();
                RawClient idle = listener.connect()) {
            idle.send("GET /ok HTTP/1.1\r\n" + HOST + "\r\n").read();
            busy.send("GET /wait HTTP/1.1\r\n" + HOST + "\r\n");
            TestListener.await(reached);

            CompletionStage<Void> drained = listener.drain(Duration.ofSeconds(20));
            assertThatThrownBy(() -> refusedConnection()).isInstanceOf(IOException.class);
            assertThat(drained.toCompletableFuture()).isNotDone();
            gate.complete(HttpResponse.create().withEntity("done"));

            RawClient.Answer last = busy.read();
            assertThat(last.body()).isEqualTo("done");
            assertThat(last.header("connection")).contains("close");
            assertThat(busy.rest()).isEmpty();
            assertThat(idle.rest()).isEmpty();
            TestListener.await(drained);
        }
    }

    @Test
    void announcedEnd_isSaidWithEachAnswer_andCallsAreStillTaken() throws IOException {
        listener.announceEnd();
        for (int i = 0; i < 2; i++) {
            try (RawClient client = listener.connect()) {
                client.send("GET /ok HTTP/1.1\r\n" + HOST + "\r\n");
                assertThat(client.read().header("connection")).contains("close");
                assertThat(client.rest()).isEmpty();
            }
        }
        CompletionStage<Void> drained = listener.drain(Duration.ofSeconds(20));
        TestListener.await(drained);
    }

    @Test
    void draining_connectionThatHasNotSentItsFirstRequestYet_isStillAnswered() throws IOException {
        try (RawClient fresh = listener.connect();
                RawClient first = listener.connect()) {
            first.send("GET /ok HTTP/1.1\r\n" + HOST + "\r\n").read();
            CompletionStage<Void> drained = listener.drain(Duration.ofSeconds(20));
            assertThat(first.rest()).as("idle after a request").isEmpty();
            fresh.send("GET /ok HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(fresh.read().header("connection")).contains("close");
            assertThat(fresh.rest()).isEmpty();
            TestListener.await(drained);
        }
    }

    @Test
    void draining_requestThatHasBegunToArrive_isStillAnswered() throws IOException {
        try (RawClient client = listener.connect()) {
            client.send("GET /ok HTTP/1.1\r\n" + HOST + "\r\n").read();
            client.send("GET /ok HTTP/1.1\r\n");
            CompletionStage<Void> drained = listener.drain(Duration.ofSeconds(20));
            client.send(HOST + "\r\n");
            assertThat(client.read().header("connection")).contains("close");
            assertThat(client.rest()).isEmpty();
            TestListener.await(drained);
        }
    }

    /** Unbinding is not awaited by the drain's caller, so that a connection or two may still get through before it. */
    private void refusedConnection() throws IOException {
        for (int i = 0; i < 10_000; i++) {
            try (RawClient client = listener.connect()) {
                assertThat(client).isNotNull();
            }
        }
    }

    @Test
    void draining_breaksOffWhatIsStillInFlight_whenTheDeadlineIsOver() throws IOException {
        try (RawClient client = listener.connect()) {
            client.send("GET /wait HTTP/1.1\r\n" + HOST + "\r\n");
            TestListener.await(reached);

            TestListener.await(listener.drain(Duration.ofMillis(50)));

            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void callsAreTimed_byRouteAndStatusClass_withoutTenants() throws IOException {
        try (RawClient client = listener.connect()) {
            client.send("GET /ok HTTP/1.1\r\n" + HOST + "\r\n").read();
            client.send("GET /nothing HTTP/1.1\r\n" + HOST + "\r\n").read();

            assertThat(listener.meters()
                            .get("bulwark.http.calls")
                            .tags("route", "/ok", "method", "GET", "status", "2xx")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(listener.meters()
                            .get("bulwark.http.calls")
                            .tags("route", "none", "status", "4xx")
                            .timer()
                            .count())
                    .isEqualTo(1);
        }
    }
}
