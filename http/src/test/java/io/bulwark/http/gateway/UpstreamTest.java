package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.service.ServicePolicy.Health;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the verdicts claim, against services that behave badly on real sockets. */
class UpstreamTest extends UpstreamRig {
    @Test
    void send_serviceAnswers_answered() {
        RawService service = service(exchange -> exchange.write(OK));

        Verdict verdict = call(upstream(PATIENT, service.address()));

        assertThat(body(verdict)).isEqualTo("ok");
    }

    @Test
    void send_twoCalls_shareAConnection() {
        RawService service = service(exchange -> exchange.write(OK));
        Upstream upstream = upstream(PATIENT, service.address());

        body(call(upstream));
        body(call(upstream));

        assertThat(service.requests()).hasSize(2);
        assertThat(service.connections()).isEqualTo(1);
    }

    @Test
    void send_connectionRefused_unreachable() throws IOException {
        assertThat(call(upstream(PATIENT, refusing()))).isInstanceOf(Verdict.Unreachable.class);
    }

    @Test
    void send_nameIsUnknown_unreachable() {
        assertThat(call(upstream(PATIENT, "http://no-such-host.invalid:80"))).isInstanceOf(Verdict.Unreachable.class);
    }

    @Test
    void send_connectTimesOut_unreachable() throws IOException {
        ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        toClose.add(full);
        fillBacklog(full);

        Verdict verdict = call(upstream(policy(PATIENT, HASTY, 64, Optional.empty(), address(full))));

        assertThat(verdict).isInstanceOf(Verdict.Unreachable.class);
    }

    @Test
    void send_firstTargetRefuses_theNextIsTried() throws IOException {
        RawService service = service(exchange -> exchange.write(OK));

        assertThat(body(call(upstream(PATIENT, refusing(), refusing(), service.address()))))
                .isEqualTo("ok");
        assertThat(service.requests()).hasSize(1);
    }

    @Test
    void send_allTargetsRefuse_eachIsTriedOnceAndUnreachable() throws IOException {
        assertThat(call(upstream(PATIENT, refusing(), refusing()))).isInstanceOf(Verdict.Unreachable.class);
    }

    @Test
    void send_tls_answeredAndTheConnectionKept() {
        RawService service = new RawService(tls.server(), exchange -> exchange.write(OK));
        toClose.add(service);
        Upstream upstream = upstream(PATIENT, service.address().replace("http://127.0.0.1", "https://localhost"));

        assertThat(body(call(upstream))).isEqualTo("ok");
        assertThat(body(call(upstream))).isEqualTo("ok");
        assertThat(service.connections()).isEqualTo(1);
    }

    @Test
    void send_tlsCertificateIsNotTrusted_unreachable() {
        RawService service = new RawService(tls.stranger(), exchange -> exchange.write(OK));
        toClose.add(service);

        Verdict verdict = call(upstream(PATIENT, service.address().replace("http://127.0.0.1", "https://localhost")));

        assertThat(verdict).isInstanceOf(Verdict.Unreachable.class);
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void send_tlsCertificateIsOfAnotherName_unreachable() {
        RawService service = new RawService(tls.server(), exchange -> exchange.write(OK));
        toClose.add(service);

        Verdict verdict = call(upstream(PATIENT, service.address().replace("http:", "https:")));

        assertThat(verdict).isInstanceOf(Verdict.Unreachable.class);
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void send_noAnswerInTime_timedOutAndTheConnectionIsCut() {
        RawService service = service(RawService.Exchange::hang);

        assertThat(call(upstream(HASTY, service.address()))).isInstanceOf(Verdict.TimedOut.class);
        assertThat(service.requests()).hasSize(1);
        service.script(exchange -> exchange.write(OK));
    }

    @Test
    void send_timedOut_theNextCallGetsAConnectionOfItsOwn() {
        RawService service = service(RawService.Exchange::hang);
        Upstream upstream = upstream(HASTY, service.address());
        call(upstream);
        service.script(exchange -> exchange.write(OK));

        assertThat(body(call(upstream))).isEqualTo("ok");
        assertThat(service.connections()).isEqualTo(2);
    }

    @Test
    void send_headDrips_timedOut() {
        CountDownLatch over = new CountDownLatch(1);
        RawService service = service(exchange -> {
            exchange.write("HTTP/1.1 200 OK\r\n");
            for (int i = 0; over.getCount() > 0 && i < 100_000; i++) {
                exchange.write("X-Drip-" + i + ": 1\r\n");
                exchange.pause(over, Duration.ofMillis(5));
            }
        });

        Verdict verdict = call(upstream(HASTY, service.address()));
        over.countDown();

        assertThat(verdict).isInstanceOfAny(Verdict.TimedOut.class, Verdict.BrokeOff.class);
    }

    @Test
    void healthCheck_fails_targetIsEjectedAndComesBack() {
        RawService sick = service(exchange -> exchange.write("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"));
        RawService well = service(exchange -> exchange.write(OK));
        Health rule = new Health("/health", Duration.ofMillis(100), 2, 2);
        Upstream upstream = upstream(policy(PATIENT, PATIENT, 64, Optional.of(rule), sick.address(), well.address()));

        Awaitility.await().until(() -> checks(sick) >= 2 && targetsOfTenCalls(upstream, sick) == 0);

        sick.script(exchange -> exchange.write(OK));
        Awaitility.await().until(() -> targetsOfTenCalls(upstream, sick) == 5);
    }

    @Test
    void healthCheck_allFail_allAreUsed() {
        RawService sick = service(exchange -> exchange.write(
                exchange.request().line().contains("health") ? "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n" : OK));
        Health rule = new Health("/health", Duration.ofMillis(100), 1, 1);
        Upstream upstream = upstream(policy(PATIENT, PATIENT, 64, Optional.of(rule), sick.address()));
        Awaitility.await().until(() -> checks(sick) >= 2);

        assertThat(body(call(upstream))).isEqualTo("ok");
    }

    @Test
    void close_checksStopAndIdleConnectionsClose() {
        RawService service = service(exchange -> exchange.write(OK));
        Health rule = new Health("/health", Duration.ofMillis(100), 1, 1);
        Upstream upstream = upstream(policy(PATIENT, PATIENT, 64, Optional.of(rule), service.address()));
        body(call(upstream));

        upstream.close();

        Awaitility.await().until(() -> service.open() == 0);
        int before = checks(service);
        Awaitility.await().during(Duration.ofMillis(400)).until(() -> checks(service) <= before + 1);
    }

    @Test
    void close_callInFlight_endsAndItsConnectionCloses() {
        CountDownLatch answer = new CountDownLatch(1);
        RawService service = service(exchange -> {
            exchange.waitFor(answer);
            exchange.write(OK);
        });
        Upstream upstream = upstream(PATIENT, service.address());
        CompletableFuture<Verdict> verdict = callAsync(upstream);
        Awaitility.await().until(() -> service.requests().size() == 1);

        upstream.close();
        answer.countDown();

        assertThat(body(verdict.join())).isEqualTo("ok");
        Awaitility.await().until(() -> service.open() == 0);
    }

    @Test
    void sweep_idleForLongerThanKeepAlive_isClosed() {
        RawService service = service(exchange -> exchange.write(OK));
        GatewaySettings settings = keepingAlive(Duration.ofMillis(50));
        Upstream upstream = new Upstream(
                versioned(policy(PATIENT, PATIENT, 64, Optional.empty(), service.address())),
                settings,
                InstantSource.system(),
                dialer,
                kit.system());
        body(call(upstream));

        Awaitility.await().until(() -> {
            upstream.sweep();
            return service.open() == 0;
        });
    }
}
