package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.circuit.Outcome;
import io.bulwark.http.gateway.RawClient.Response;
import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Body;
import io.bulwark.idempotency.OperationState;
import io.bulwark.service.ServicePolicy.OnUnknownOutcome;
import io.bulwark.service.ServicePolicy.RecordRule;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the contract's table leaves open: waiting, replaying, recording, and clients and ledgers that go away. */
class KeyedCallTest extends KeyedCallRig {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK|Content-Type: application/json|Content-Length: 2||{}",
                "HTTP/1.1 200 OK|Content-Type: application/json; charset=utf-8|Content-Length: 2||{}",
                "HTTP/1.1 201 Created|Content-Type: text/plain;charset=iso-8859-1|Content-Length: 1||x",
                "HTTP/1.1 200 OK|Content-Type: application/vnd.x+json; v=\"1;2\"; odd=a|Content-Length: 2||{}",
                "HTTP/1.1 200 OK|Content-Type: multipart/form-data; boundary=abc|Content-Length: 2||--",
                "HTTP/1.1 200 OK|Content-Length: 2||{}",
                "HTTP/1.1 200 OK|Transfer-Encoding: chunked||2|{}|0||",
                "HTTP/1.1 204 No Content|ETag: \"a\"||",
                "HTTP/1.1 304 Not Modified|ETag: \"a\"||",
                "HTTP/1.1 303 See Other|Location: /x|Content-Length: 0||",
                "HTTP/1.1 299 Own Status|X-A: 1|X-A: 2|Content-Length: 0||",
                "HTTP/1.1 404 Not Found|Content-Type: application/problem+json|Content-Length: 2||{}",
                "HTTP/1.1 500 Oh|Server: own/1|Link: </a>; rel=next|Retry-After: 5|Content-Length: 0||",
            })
    void answer_anyShape_isTheSameForTheFirstAndEveryReplay(String lines) {
        service.script(exchange -> exchange.write(lines.replace("|", "\r\n")));

        Response first = post("{}", KEY);
        Response replay = post("{}", KEY);

        assertThat(replay.header("Idempotent-Replayed")).contains("true");
        assertThat(first.whole()).isTrue();
        assertThat(replay.status()).isEqualTo(first.status()).isEqualTo(Integer.parseInt(lines.substring(9, 12)));
        assertThat(replay.body()).isEqualTo(first.body());
        assertThat(lasting(replay)).containsExactlyInAnyOrderElementsOf(lasting(first));
        assertThat(service.requests()).hasSize(1);
    }

    @Test
    void answer_headersOfOneClient_areNotReplayed() {
        service.script(exchange -> exchange.write(RawService.message(
                "ok", "HTTP/1.1 200 OK", "Set-Cookie: session=1", "RateLimit: \"theirs\";r=1", "Content-Length: 2")));

        Response first = post("{}", KEY);
        Response replay = post("{}", KEY);

        assertThat(first.headers("Set-Cookie")).containsExactly("session=1");
        assertThat(replay.headers("Set-Cookie")).isEmpty();
        assertThat(first.headers("RateLimit")).containsExactly("\"requests\";r=73;t=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"429 Too Many Requests", "503 Service Unavailable"})
    void record_serviceSaysItDidNothing_passesThroughAndARetryExecutes(String status) {
        service.script(exchange -> exchange.write(
                RawService.message("busy", "HTTP/1.1 " + status, "Retry-After: 7", "Content-Length: 4")));

        Response first = post("{}", KEY);
        assertThat(first.status()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
        assertThat(first.header("Retry-After")).contains("7");
        assertThat(first.text()).isEqualTo("busy");
        assertThat(fixture.ledger.state(ID)).contains(OperationState.RELEASED);

        service.script(exchange -> exchange.write(OK));
        assertThat(post("{}", KEY).status()).isEqualTo(200);
        assertSettled(status.startsWith("429") ? Outcome.IGNORED : Outcome.FAILURE, Outcome.SUCCESS);
    }

    @Test
    void record_ruleIsAll_503IsFinal() {
        fixture.services.put("payments", policy(RecordRule.ALL, OnUnknownOutcome.REFUSE, 1024));
        service.script(exchange -> exchange.write(RawService.message("", "HTTP/1.1 503 No", "Content-Length: 0")));

        post("{}", KEY);

        assertThat(post("{}", KEY).header("Idempotent-Replayed")).contains("true");
        assertThat(service.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5000", "Transfer-Encoding: chunked"})
    void record_answerLargerThanIsKept_passesWholeAndIsNotExecutedAgain(String framing) {
        fixture.services.put("payments", policy(RecordRule.ALL, OnUnknownOutcome.REFUSE, 1024));
        String body = "0123456789".repeat(500);
        service.script(exchange -> exchange.write(RawService.message(
                framing.startsWith("T") ? "1388\r\n" + body + "\r\n0\r\n\r\n" : body,
                "HTTP/1.1 201 Created",
                framing)));

        Response first = post("{}", KEY);
        Response second = post("{}", KEY);

        assertThat(first.status()).isEqualTo(201);
        assertThat(first.text()).isEqualTo(body);
        assertThat(first.whole()).isTrue();
        assertThat(fixture.ledger.answer(ID))
                .contains(
                        new Answer(201, fixture.ledger.answer(ID).orElseThrow().headers(), Body.EMPTY, false));
        assertProblem(second, 409, "answer-not-kept");
        assertThat(second.text()).contains("was executed");
        assertThat(service.requests()).hasSize(1);
    }

    @Test
    void record_answerAsLargeAsIsKept_isKept() {
        fixture.services.put("payments", policy(RecordRule.ALL, OnUnknownOutcome.REFUSE, 10));
        service.script(
                exchange -> exchange.write(RawService.message("0123456789", "HTTP/1.1 200 OK", "Content-Length: 10")));

        post("{}", KEY);

        assertThat(post("{}", KEY).text()).isEqualTo("0123456789");
    }

    @Test
    void record_ledgerIsSlow_503ThatSaysSo_andARetryIsReplayed() {
        CompletableFuture<String> disk = new CompletableFuture<>();
        fixture.ledger.holdSettling(disk);

        Response first = post("{}", KEY);
        assertProblem(first, 503, "ledger-unavailable");
        assertThat(first.text()).contains("still being recorded", "same key");

        disk.complete("back");
        Awaitility.await().until(() -> fixture.ledger.state(ID).equals(Optional.of(OperationState.COMPLETED)));
        assertThat(post("{}", KEY).header("Idempotent-Replayed")).contains("true");
        assertThat(service.requests()).hasSize(1);
        assertSettled(Outcome.SUCCESS, Outcome.IGNORED);
    }

    @Test
    void record_claimWasLostMeanwhile_theRecordedAnswerIsGiven() {
        CountDownLatch answer = new CountDownLatch(1);
        service.script(exchange -> {
            exchange.waitFor(answer);
            exchange.write(OK);
        });
        CompletableFuture<Response> first = postAsync("{}", KEY);
        Awaitility.await().until(() -> service.requests().size() == 1);
        Answer resolved = Answer.of(202, List.of(), Body.wrap("by the operator".getBytes(StandardCharsets.UTF_8)));
        fixture.ledger
                .resolve(ID, Optional.of(resolved), Duration.ofDays(1))
                .toCompletableFuture()
                .join();

        answer.countDown();

        assertThat(first.join().status()).isEqualTo(202);
        assertThat(first.join().text()).isEqualTo("by the operator");
    }

    @Test
    void client_goesAwayMidCall_theExecutionEndsAndIsRecorded() throws IOException {
        CountDownLatch answer = new CountDownLatch(1);
        service.script(exchange -> {
            exchange.waitFor(answer);
            exchange.write(OK);
        });
        try (Socket socket = fixture.client.open("POST", "/t/acme/payments/charges", "{}", KEY)) {
            Awaitility.await().until(() -> service.requests().size() == 1);
            socket.setSoLinger(true, 0);
        }

        answer.countDown();

        Awaitility.await().until(() -> fixture.ledger.state(ID).equals(Optional.of(OperationState.COMPLETED)));
        assertSettled(Outcome.SUCCESS);
        assertThat(post("{}", KEY).header("Idempotent-Replayed")).contains("true");
    }

    @Test
    void answerBody_standsStill_504AndUnknown() {
        service.script(exchange -> {
            exchange.write(RawService.message("only", "HTTP/1.1 200 OK", "Content-Length: 100"));
            exchange.hang();
        });

        assertProblem(post("{}", KEY), 504, "service-timeout");
        assertThat(fixture.ledger.state(ID)).contains(OperationState.UNKNOWN);
        assertSettled(Outcome.FAILURE);
    }

    @Test
    void requestBody_atTheLimit_passes_overIt_413() {
        assertThat(post("x".repeat(64 * 1024), KEY).status()).isEqualTo(200);
        assertProblem(post("x".repeat(64 * 1024 + 1), "Idempotency-Key: k2"), 413, "body-too-large");
        assertThat(service.requests()).hasSize(1);
        assertThat(fixture.guards.admits()).hasSize(1);
    }

    @Test
    void requestBody_tooSlow_408AndNothingIsAsked() throws IOException {
        try (Socket socket = fixture.client.openRaw(
                "POST /t/acme/payments/x HTTP/1.1\r\nHost: h\r\n" + KEY + "\r\nContent-Length: 10\r\n\r\nonly")) {
            assertProblem(Response.read(socket.getInputStream()), 408, "request-too-slow");
        }
        assertThat(fixture.guards.admits()).isEmpty();
    }

    @Test
    void requestBody_stopsHalfWay_nothingIsSent() throws IOException {
        try (Socket socket = fixture.client.openRaw(
                "POST /t/acme/payments/x HTTP/1.1\r\nHost: h\r\n" + KEY + "\r\nContent-Length: 10\r\n\r\nonly")) {
            socket.shutdownOutput();
            assertThat(Response.read(socket.getInputStream()).status()).isEqualTo(400);
        }
        assertThat(fixture.guards.admits()).isEmpty();
        assertThat(service.requests()).isEmpty();
    }
}
