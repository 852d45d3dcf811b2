package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.model.HttpRequest;
import akka.stream.javadsl.Sink;
import akka.util.ByteString;
import io.bulwark.grammar.Name;
import io.bulwark.service.ServicePolicy;
import io.bulwark.service.ServicePolicy.Balance;
import io.bulwark.service.ServicePolicy.Health;
import io.bulwark.service.ServicePolicy.Recording;
import io.bulwark.service.Services.Versioned;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the verdicts claim, against services that behave badly on real sockets. */
class UpstreamTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final Duration PATIENT = Duration.ofSeconds(30);
    private static final Duration HASTY = Duration.ofMillis(300);

    private static ActorTestKit kit;
    private static Tls tls;

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        kit = ActorTestKit.create("upstream");
        tls = Tls.create(directory);
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : toClose) {
            each.close();
        }
    }

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

    static Stream<Arguments> afterTheRequest() {
        return Stream.of(
                script("closes", exchange -> exchange.close()),
                script("resets", exchange -> exchange.reset()),
                script("closes within the status line", exchange -> {
                    exchange.write("HTTP/1.1 2");
                    exchange.close();
                }),
                script("closes within the head", exchange -> {
                    exchange.write("HTTP/1.1 200 OK\r\nContent-Le");
                    exchange.close();
                }),
                script("speaks another protocol", exchange -> exchange.write("SSH-2.0-OpenSSH_9.2\r\n\r\n")),
                script(
                        "answers with a status beyond HTTP",
                        exchange -> exchange.write("HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n")),
                script("answers with binary", exchange -> exchange.write("\u0000\u0001\u00ff\r\n\r\n")),
                script(
                        "sends two lengths",
                        exchange ->
                                exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok")),
                script(
                        "sends a length and chunks",
                        exchange -> exchange.write(
                                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")),
                script(
                        "sends an unknown transfer coding",
                        exchange -> exchange.write(
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("afterTheRequest")
    void send_serviceHasTheRequestAnd_brokeOff(String name, RawService.Script script) {
        RawService service = service(script);

        assertThat(call(upstream(PATIENT, service.address()))).isInstanceOf(Verdict.BrokeOff.class);
        assertThat(service.requests()).hasSize(1);
    }

    @Test
    void send_interimAnswersFirst_areSkipped() {
        RawService service = service(exchange ->
                exchange.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK));

        assertThat(body(call(upstream(PATIENT, service.address())))).isEqualTo("ok");
    }

    static Stream<Arguments> brokenBodies() {
        return Stream.of(
                script("length not reached", exchange -> {
                    exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
                    exchange.close();
                }),
                script("no last chunk", exchange -> {
                    exchange.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n");
                    exchange.close();
                }),
                script("reset in the middle", exchange -> {
                    exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
                    exchange.reset();
                }),
                script(
                        "broken chunk size",
                        exchange -> exchange.write(
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nonly\r\nzz\r\n")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenBodies")
    void send_bodyBreaksOff_endsAsBrokenOff(String name, RawService.Script script) {
        RawService service = service(script);

        Verdict.Answered answered = (Verdict.Answered) call(upstream(PATIENT, service.address()));
        var body = answered.response().entity().getDataBytes().runWith(Sink.ignore(), kit.system());

        assertThat(answered.bodyEnd().toCompletableFuture().join()).isEqualTo(BodyEnd.BROKE_OFF);
        assertThat(body.toCompletableFuture()).failsWithin(Duration.ofSeconds(30));
    }

    @Test
    void send_bodyStandsStill_endsAsStalled() {
        RawService service = service(exchange -> {
            exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
            exchange.hang();
        });

        Verdict.Answered answered = (Verdict.Answered) call(upstream(PATIENT, service.address()));
        answered.response().entity().getDataBytes().runWith(Sink.ignore(), kit.system());

        assertThat(answered.bodyEnd().toCompletableFuture().join()).isEqualTo(BodyEnd.STALLED);
    }

    @Test
    void send_bodyIsNeverRead_endsAsUnwantedAndFreesTheService() {
        RawService service = service(exchange -> {
            exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
            exchange.hang();
        });
        Upstream upstream = upstream(PATIENT, service.address());

        Verdict.Answered answered = (Verdict.Answered) call(upstream);

        assertThat(answered.bodyEnd().toCompletableFuture().join()).isEqualTo(BodyEnd.UNWANTED);
        Awaitility.await().until(() -> upstream.inFlight() == 0);
    }

    @Test
    void send_moreThanMaxInFlight_busyAndNothingSent() {
        CountDownLatch answer = new CountDownLatch(1);
        RawService service = service(exchange -> {
            exchange.waitFor(answer);
            exchange.write(OK);
        });
        Upstream upstream = upstream(policy(PATIENT, PATIENT, 2, Optional.empty(), service.address()));
        List<CompletableFuture<Verdict>> both = List.of(callAsync(upstream), callAsync(upstream));
        Awaitility.await().until(() -> service.requests().size() == 2);

        assertThat(call(upstream)).isEqualTo(new Verdict.Busy());
        answer.countDown();

        both.forEach(verdict -> assertThat(body(verdict.join())).isEqualTo("ok"));
        Awaitility.await().until(() -> upstream.inFlight() == 0);
        assertThat(body(call(upstream))).isEqualTo("ok");
        assertThat(service.requests()).hasSize(3);
    }

    @Test
    void send_serviceClosesKeptConnections_noCallIsLostOrSentTwice() {
        Map<String, Integer> executed = new ConcurrentHashMap<>();
        RawService service = service(exchange -> {
            executed.merge(exchange.request().line(), 1, Integer::sum);
            exchange.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
            exchange.close();
        });
        Upstream upstream = upstream(PATIENT, service.address());

        for (int i = 0; i < 50; i++) {
            assertThat(body(call(upstream, "/" + i))).isEqualTo("ok");
        }

        assertThat(executed).hasSize(50);
        assertThat(executed.values()).containsOnly(1);
    }

    /** Services that do anything at random: no verdict says "nothing was sent" of a call that arrived. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void send_serviceDoesAnything_verdictsNeverLie(long seed) throws IOException {
        Map<String, Integer> executed = new ConcurrentHashMap<>();
        SplittableRandom dice = new SplittableRandom(seed);
        RawService service = service(exchange -> {
            executed.merge(exchange.request().line().split(" ", -1)[1], 1, Integer::sum);
            int roll;
            synchronized (dice) {
                roll = dice.nextInt(8);
            }
            switch (roll) {
                case 0 -> exchange.close();
                case 1 -> exchange.reset();
                case 2 -> {
                    exchange.write(OK);
                    exchange.close();
                }
                case 3 -> {
                    exchange.write(OK);
                    exchange.reset();
                }
                default -> exchange.write(OK);
            }
        });
        Upstream upstream = upstream(PATIENT, refusing(), service.address());
        Map<String, Verdict> verdicts = new ConcurrentHashMap<>();
        for (int round = 0; round < 30; round++) {
            List<CompletableFuture<?>> wave = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                String path = "/" + round + "-" + i;
                wave.add(callAsync(upstream, path).thenAccept(verdict -> {
                    verdicts.put(path, verdict);
                    discard(verdict);
                }));
            }
            CompletableFuture.allOf(wave.toArray(CompletableFuture<?>[]::new)).join();
        }

        assertThat(verdicts).hasSize(300);
        verdicts.forEach((path, verdict) -> {
            int times = executed.getOrDefault(path, 0);
            switch (verdict) {
                case Verdict.Answered _ -> assertThat(times).as(path).isEqualTo(1);
                case Verdict.Unreachable _, Verdict.Busy _ ->
                    assertThat(times).as(path).isZero();
                case Verdict.TimedOut _, Verdict.BrokeOff _ ->
                    assertThat(times).as(path).isLessThanOrEqualTo(1);
            }
        });
        assertThat(verdicts.values()).hasAtLeastOneElementOfType(Verdict.Answered.class);
        Awaitility.await().until(() -> upstream.inFlight() == 0);
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
                tls.trust(),
                kit.system());
        body(call(upstream));

        Awaitility.await().until(() -> {
            upstream.sweep();
            return service.open() == 0;
        });
    }

    private int targetsOfTenCalls(Upstream upstream, RawService target) {
        int before = target.requests().size() - checks(target);
        for (int i = 0; i < 10; i++) {
            discard(call(upstream));
        }
        return target.requests().size() - checks(target) - before;
    }

    private static int checks(RawService service) {
        return (int) service.requests().stream()
                .filter(request -> request.line().startsWith("GET /health "))
                .count();
    }

    private static Arguments script(String name, RawService.Script script) {
        return Arguments.of(name, script);
    }

    private RawService service(RawService.Script script) {
        RawService service = new RawService(script);
        toClose.add(service);
        return service;
    }

    private Upstream upstream(Duration timeout, String... targets) {
        return upstream(policy(timeout, PATIENT, 64, Optional.empty(), targets));
    }

    private Upstream upstream(ServicePolicy policy) {
        Upstream upstream = new Upstream(
                versioned(policy), GatewayFixture.SETTINGS, InstantSource.system(), tls.trust(), kit.system());
        toClose.add(upstream::close);
        return upstream;
    }

    private static Versioned versioned(ServicePolicy policy) {
        return new Versioned(new Name("payments"), 1, policy);
    }

    private static ServicePolicy policy(
            Duration timeout, Duration connect, int maxInFlight, Optional<Health> health, String... targets) {
        return new ServicePolicy(
                Arrays.stream(targets).map(URI::create).toList(),
                Balance.ROUND_ROBIN,
                timeout,
                connect,
                maxInFlight,
                health,
                Recording.DEFAULT);
    }

    private static GatewaySettings keepingAlive(Duration keepAlive) {
        GatewaySettings base = GatewayFixture.SETTINGS;
        return new GatewaySettings(
                base.requestBodyMax(),
                base.requestBodyWithin(),
                base.guardWithin(),
                base.recordWithin(),
                base.answerBodyWithin(),
                base.bodyIdle(),
                keepAlive,
                base.ejectFor(),
                base.pollEvery(),
                base.sweepEvery());
    }

    private static Verdict call(Upstream upstream) {
        return call(upstream, "/x");
    }

    private static Verdict call(Upstream upstream, String path) {
        return callAsync(upstream, path).join();
    }

    private static CompletableFuture<Verdict> callAsync(Upstream upstream) {
        return callAsync(upstream, "/x");
    }

    private static CompletableFuture<Verdict> callAsync(Upstream upstream, String path) {
        HttpRequest request = HttpRequest.POST("/").withEntity("{}");
        return upstream.send(Outgoing.strict(request, path)).toCompletableFuture();
    }

    private static String body(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Answered.class);
        Verdict.Answered answered = (Verdict.Answered) verdict;
        return answered.response()
                .entity()
                .getDataBytes()
                .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), kit.system())
                .toCompletableFuture()
                .join()
                .decodeString(StandardCharsets.UTF_8);
    }

    private static void discard(Verdict verdict) {
        if (verdict instanceof Verdict.Answered(var response, var sentAt, var bodyEnd)) {
            response.discardEntityBytes(kit.system());
        }
    }

    /** An address at which nobody listens. */
    private static String refusing() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return address(socket);
        }
    }

    private static String address(ServerSocket socket) {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    /** Until the kernel answers no further connection, because nobody accepts. */
    private void fillBacklog(ServerSocket full) throws IOException {
        for (int i = 0; i < 64; i++) {
            Socket socket = new Socket();
            toClose.add(socket);
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), full.getLocalPort()), 200);
            } catch (IOException silence) {
                return;
            }
        }
        throw new AssertionError("The backlog takes everything");
    }
}
