package io.bulwark.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.HttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServiceListenerTest {
    private static final String HOST = "Host: bulwark\r\n";

    private TestListener listener;

    @BeforeAll
    void bind() {
        listener = new TestListener(
                TestListener.EVERYBODY,
                Map.of(
                        "head-deadline",
                        "2 s",
                        "body-deadline",
                        "2 s",
                        "body-max",
                        "1 KiB",
                        "head-max",
                        "4 KiB",
                        "target-max",
                        "1 KiB"),
                (system, bodies) -> List.of(
                        new Route(
                                "POST",
                                "/echo",
                                Access.open(),
                                call -> bodies.read(call)
                                        .thenApply(body -> HttpResponse.create().withEntity(body.toArray()))),
                        new Route(
                                "GET",
                                "/names/{name}",
                                Access.open(),
                                call -> CompletableFuture.completedStage(HttpResponse.create()
                                        .withEntity(call.name("name").value()))),
                        new Route(
                                "GET",
                                "/keys/{key}",
                                Access.open(),
                                call -> CompletableFuture.completedStage(HttpResponse.create()
                                        .withEntity(call.key("key").value()))),
                        new Route(
                                "*",
                                "/t/{tenant}/{path…}",
                                Access.open(),
                                call -> CompletableFuture.completedStage(HttpResponse.create()
                                        .withEntity(call.variable("path") + "?"
                                                + call.rawQuery().orElse("none")))),
                        new Route("GET", "/broken", Access.open(), call -> {
                            throw new IllegalStateException("the secret of the inside");
                        })));
    }

    @AfterAll
    void close() {
        listener.close();
    }

    /** Each head is followed by a request that would be answered with 200 if the head were misread as harmless. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "two lengths in one      | Content-Length: 4 4                       | 400",
                "beyond 64 bits          | Content-Length: 18446744073709551620      | 400",
                "beyond 63 bits          | Content-Length: 9223372036854775808       | 400",
                "a list                  | Content-Length: 4, 4                      | 400",
                "a sign                  | Content-Length: +4                        | 400",
                "negative                | Content-Length: -4                        | 400",
                "hexadecimal             | Content-Length: 0x4                       | 400",
                "empty                   | Content-Length:                           | 400",
                "two different lines     | Content-Length: 4~Content-Length: 5       | 400",
                "two equal lines         | Content-Length: 4~Content-Length: 4       | 400",
                "with transfer-encoding  | Content-Length: 4~Transfer-Encoding: chunked | 400",
                "other coding            | Transfer-Encoding: gzip, chunked          | 400",
                "chunked twice           | Transfer-Encoding: chunked, chunked       | 400",
                "identity                | Transfer-Encoding: identity               | 400",
                "space before the colon  | Content-Length : 4                        | 400",
                "folded                  | X-A: 1~ Content-Length: 4                 | 400",
                "body above the bound    | Content-Length: 1025                      | 413",
                "a character cut short   | X-A: é                                    | 400",
                "a second host           | Host: other                               | 400",
            })
    void aRequestThatTwoReadersCouldReadDifferently_isRefusedAndTheConnectionClosed(
            String name, String fields, int status) throws IOException {
        try (RawClient client = listener.connect()) {
            client.send("POST /echo HTTP/1.1\r\n" + HOST + fields.strip().replace("~", "\r\n") + "\r\n\r\nabcd"
                    + "GET /names/smuggled HTTP/1.1\r\n" + HOST + "\r\n");

            RawClient.Answer answer = client.read();

            assertThat(answer.status()).as(name).isEqualTo(status);
            assertThat(answer.header("content-type")).contains("application/problem+json");
            assertThat(answer.header("connection")).contains("close");
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void pipelinedRequests_areAnsweredInOrder_andARefusedOneAfterThem() throws IOException {
        try (RawClient client = listener.connect()) {
            client.send("GET /names/a HTTP/1.1\r\n" + HOST + "\r\n"
                    + "POST /echo HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\n\r\nhi"
                    + "POST /echo HTTP/1.1\r\n" + HOST
                    + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n1\r\nd\r\n0\r\nX-T: 1\r\n\r\n"
                    + "GET /names/b HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");

            assertThat(client.read().body()).isEqualTo("a");
            assertThat(client.read().body()).isEqualTo("hi");
            assertThat(client.read().body()).isEqualTo("abcd");
            assertThat(client.read().problem()).isEqualTo("malformed-request");
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void aRequestThatSaysClose_isTheLast() throws IOException {
        try (RawClient client = listener.connect()) {
            client.send("GET /names/a HTTP/1.1\r\n" + HOST + "\r\n"
                    + "GET /names/b HTTP/1.1\r\nConnection: close\r\n" + HOST + "\r\n"
                    + "GET /names/c HTTP/1.1\r\n" + HOST + "\r\n");

            assertThat(client.read().header("connection")).isEmpty();
            RawClient.Answer last = client.read();
            assertThat(last.body()).isEqualTo("b");
            assertThat(last.header("connection")).contains("close");
            assertThat(client.rest()).isEmpty();
        }
    }

    @Test
    void aClientThatReadsLate_getsEveryAnswerInOrder() throws Exception {
        int requests = 20_000;
        try (RawClient client = listener.connect();
                ExecutorService sender = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<RawClient> sent = sender.submit(() -> client.send(IntStream.range(0, requests)
                    .mapToObj(i -> "GET /keys/" + i + " HTTP/1.1\r\n" + HOST + "\r\n")
                    .collect(Collectors.joining())));
            assertThat(client.hasAnswer(Duration.ofSeconds(30))).isTrue();

            for (int i = 0; i < requests; i++) {
                assertThat(client.read().body()).isEqualTo(Integer.toString(i));
            }
            assertThat(sent.get(30, TimeUnit.SECONDS)).isSameAs(client);
        }
    }

    /** The first one is for Akka, and with it all after it: its parser calls itself for each that it is given at once. */
    @Test
    void thousandsOfRequestsAtOnce_areAnswered_alsoByAkka() throws Exception {
        int requests = 20_000;
        try (RawClient client = listener.connect();
                ExecutorService sender = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<RawClient> sent = sender.submit(() -> client.send("POST /echo HTTP/1.1\r\n" + HOST
                    + "Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\n\r\n"
                    + ("GET /keys/1 HTTP/1.1\r\n" + HOST + "\r\n").repeat(requests)));

            assertThat(client.read().body()).isEqualTo("first");
            for (int i = 0; i < requests; i++) {
                assertThat(client.read().body()).isEqualTo("1");
            }
            assertThat(sent.get(30, TimeUnit.SECONDS)).isSameAs(client);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /names/a                 | 200 | a",
                "GET /names/a/                | 404 | no-such-route",
                "GET /names/                  | 404 | no-such-route",
                "GET /nothing                 | 404 | no-such-route",
                "POST /names/a                | 405 | method-not-allowed",
                "GET /names/A                 | 400 | invalid-name",
                "GET /names/%61               | 200 | a",
                "GET /names/a%2fb             | 400 | request-target-invalid",
                "GET /names/a%5Cb             | 400 | request-target-invalid",
                "GET /names/%2e%2e            | 400 | request-target-invalid",
                "GET /names/..                | 400 | request-target-invalid",
                "GET /names/.%2E/names/a      | 400 | request-target-invalid",
                "GET /t/acme/../x             | 400 | request-target-invalid",
                "GET /t/acme/a%2Fb            | 400 | request-target-invalid",
                "GET /t/acme/a%00b            | 400 | request-target-invalid",
                "GET /t/acme/%zz              | 400 | request-target-invalid",
                "GET /t/acme/a\\b             | 400 | request-target-invalid",
                "GET http://evil/names/a      | 400 | request-target-invalid",
                "OPTIONS *                    | 400 | request-target-invalid",
                "CONNECT evil:80              | 400 | request-target-invalid",
                "GET /t/acme/b%20c/%C3%A9?q=%31&%2f | 200 | b%20c/%C3%A9?q=%31&%2f",
                "GET /t/acme                  | 200 | ?none",
                "DELETE /t/acme/              | 200 | ?none",
                "BREW /t/acme/                | 501 | method-not-implemented",
                "GET /keys/a%2Fb%5C           | 200 | a/b\\",
                "GET /keys/%C3%A9             | 400 | idempotency-key-malformed",
                "GET /broken                  | 500 | internal",
            })
    void aTarget_isRoutedOrRefused(String line, int status, String outcome) throws IOException {
        try (RawClient client = listener.connect()) {
            client.send(line + " HTTP/1.1\r\n" + HOST + "\r\n");

            RawClient.Answer answer = client.read();

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.problem()).isEqualTo(outcome);
            assertThat(answer.body()).doesNotContain("secret");
        }
    }

    @Test
    void theTraceOfTheRequest_isInTheProblem() throws IOException {
        String traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
        try (RawClient client = listener.connect()) {
            client.send(
                    "GET /nothing HTTP/1.1\r\n" + HOST + "traceparent: 00-" + traceId + "-00f067aa0ba902b7-01\r\n\r\n");

            RawClient.Answer answer = client.read();

            assertThat(answer.body()).contains("\"traceId\":\"" + traceId + "\"");
            assertThat(answer.header("server")).isEmpty();
        }
    }

    @Test
    void aHeadThatComesByteByByte_isTaken() throws IOException {
        try (RawClient client = listener.connect()) {
            for (char octet : ("GET /names/a HTTP/1.1\r\n" + HOST + "\r\n").toCharArray()) {
                client.send(String.valueOf(octet));
            }

            assertThat(client.read().body()).isEqualTo("a");
        }
    }
}
