package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.circuit.Outcome;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand.Settle;
import io.bulwark.http.gateway.RawClient.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls without a key pass through in both directions as they come. */
class UnkeyedCallTest {
    private static final String OK = RawService.message("ok", "HTTP/1.1 200 OK", "Content-Length: 2");

    private final GatewayFixture fixture = new GatewayFixture();
    private final RawService service = RawService.answering(OK);

    UnkeyedCallTest() {
        fixture.services.put("payments", GatewayFixture.policy(service.address()));
    }

    @AfterEach
    void close() {
        service.close();
        fixture.close();
    }

    @Test
    void answer_isPassedOnBeforeItIsWhole_andSettledWhenItIs() throws IOException {
        CountDownLatch rest = new CountDownLatch(1);
        service.script(exchange -> {
            exchange.write(RawService.message("first", "HTTP/1.1 200 OK", "Content-Length: 10"));
            exchange.waitFor(rest);
            exchange.write("again");
        });
        try (Socket socket = fixture.client.open("GET", "/t/acme/payments/x", "")) {
            readUntil(socket.getInputStream(), "first");
            assertThat(fixture.guards.settles()).isEmpty();

            rest.countDown();

            readUntil(socket.getInputStream(), "again");
        }
        assertSettled(Outcome.SUCCESS);
    }

    @Test
    void request_isPassedOnBeforeItIsWhole() throws IOException {
        CountDownLatch headSeen = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0)) {
            fixture.services.put("payments", GatewayFixture.policy("http://127.0.0.1:" + server.getLocalPort()));
            Thread.ofVirtual().start(() -> {
                try (Socket socket = server.accept()) {
                    readUntil(socket.getInputStream(), "first");
                    headSeen.countDown();
                    readUntil(socket.getInputStream(), "again");
                    socket.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            try (Socket socket = fixture.client.openRaw(
                    "PUT /t/acme/payments/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 10\r\n\r\nfirst")) {
                Awaitility.await().until(() -> headSeen.getCount() == 0);
                socket.getOutputStream().write("again".getBytes(StandardCharsets.US_ASCII));
                assertThat(Response.read(socket.getInputStream()).text()).isEqualTo("ok");
            }
        }
    }

    @Test
    void request_takesLongerThanTheServiceMay_isNotTheServicesFault() throws IOException {
        fixture.services.put("payments", GatewayFixture.impatient(service.address()));
        try (Socket socket = fixture.client.openRaw(
                "PUT /t/acme/payments/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 10\r\n\r\n")) {
            Awaitility.await()
                    .during(Duration.ofMillis(700))
                    .until(() -> fixture.guards.settles().isEmpty());
            socket.getOutputStream().write("0123456789".getBytes(StandardCharsets.US_ASCII));
            assertThat(Response.read(socket.getInputStream()).status()).isEqualTo(200);
        }
    }

    @Test
    void request_breaksOff_saysNothingAboutTheService() throws IOException {
        try (Socket socket = fixture.client.openRaw(
                "PUT /t/acme/payments/x HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nonly")) {
            Awaitility.await().until(() -> service.connections() == 1);
            socket.setSoLinger(true, 0);
        }

        assertSettled(Outcome.IGNORED);
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void request_tooLarge_413() {
        Response announced = fixture.client.call("PUT", "/t/acme/payments/x", "x".repeat(64 * 1024 + 1));

        assertThat(announced.status()).isEqualTo(413);
        assertThat(announced.problem()).isEqualTo("body-too-large");
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void service_breaksOffInTheBody_theClientSeesIt_andItIsAFailure() {
        service.script(exchange -> {
            exchange.write(RawService.message("only", "HTTP/1.1 200 OK", "Content-Length: 100"));
            exchange.close();
        });

        Response response = fixture.client.call("GET", "/t/acme/payments/x", "");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.whole()).isFalse();
        assertSettled(Outcome.FAILURE);
    }

    @Test
    void service_standsStillInTheBody_isCutOff() {
        service.script(exchange -> {
            exchange.write(RawService.message("only", "HTTP/1.1 200 OK", "Content-Length: 100"));
            exchange.hang();
        });

        assertThat(fixture.client.call("GET", "/t/acme/payments/x", "").whole()).isFalse();
        assertSettled(Outcome.FAILURE);
    }

    @Test
    void client_leavesInTheBody_saysNothingAgainstTheService() throws IOException {
        service.script(exchange -> {
            exchange.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            String part = "x".repeat(8192);
            while (exchange.closed().getCount() > 0) {
                exchange.write("2000\r\n" + part + "\r\n");
            }
        });
        try (Socket socket = fixture.client.open("GET", "/t/acme/payments/x", "")) {
            readUntil(socket.getInputStream(), "xxxx");
            socket.setSoLinger(true, 0);
        }

        assertSettled(Outcome.SUCCESS);
        Awaitility.await().until(() -> service.open() == 0);
    }

    @Test
    void service_answers5xx_isAFailure_429SaysNothing_4xxIsASuccess() {
        answerOnce("500 Oh", Outcome.FAILURE);
        answerOnce("429 Slow", Outcome.IGNORED);
        answerOnce("404 Not Found", Outcome.SUCCESS);
    }

    @Test
    void service_timesOut_504_closes_502() {
        fixture.services.put("payments", GatewayFixture.impatient(service.address()));
        service.script(RawService.Exchange::hang);
        assertThat(fixture.client.call("GET", "/t/acme/payments/x", "").problem())
                .isEqualTo("service-timeout");

        service.script(exchange -> exchange.close());
        assertThat(fixture.client.call("GET", "/t/acme/payments/x", "").problem())
                .isEqualTo("service-broke-off");
        assertSettled(Outcome.FAILURE, Outcome.FAILURE);
    }

    @Test
    void circuitOpen_503() {
        fixture.guards.verdict(new Admission.CircuitOpen(FakeGuards.LIMITS, Duration.ofSeconds(5)));

        assertThat(fixture.client.call("GET", "/t/acme/payments/x", "").problem())
                .isEqualTo("circuit-open");
        assertThat(fixture.guards.settles()).isEmpty();
    }

    private void answerOnce(String status, Outcome outcome) {
        fixture.guards.settles().clear();
        service.script(exchange -> exchange.write(RawService.message("", "HTTP/1.1 " + status, "Content-Length: 0")));

        fixture.client.call("GET", "/t/acme/payments/x", "");

        assertSettled(outcome);
    }

    private static void readUntil(InputStream in, String text) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(text) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("Ended before '" + text + "': " + read);
            }
            read.append((char) next);
        }
    }

    private void assertSettled(Outcome... outcomes) {
        Awaitility.await().until(() -> fixture.guards.settles().size() >= outcomes.length);
        assertThat(fixture.guards.settles()).extracting(Settle::outcome).containsExactly(outcomes);
    }
}
