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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.Arguments;

/** What the tests of {@link Upstream} share: services that misbehave, and calls to them. */
abstract class UpstreamRig {
    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    static final Duration PATIENT = Duration.ofSeconds(30);
    static final Duration HASTY = Duration.ofMillis(300);

    static ActorTestKit kit;
    static Tls tls;
    static Dialer dialer;

    final List<AutoCloseable> toClose = new ArrayList<>();

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        kit = ActorTestKit.create("upstream");
        tls = Tls.create(directory);
        dialer = new Dialer(tls.trust(), kit.system());
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

    int targetsOfTenCalls(Upstream upstream, RawService target) {
        int before = target.requests().size() - checks(target);
        for (int i = 0; i < 10; i++) {
            discard(call(upstream));
        }
        return target.requests().size() - checks(target) - before;
    }

    static int checks(RawService service) {
        return (int) service.requests().stream()
                .filter(request -> request.line().startsWith("GET /health "))
                .count();
    }

    static Arguments script(String name, RawService.Script script) {
        return Arguments.of(name, script);
    }

    RawService service(RawService.Script script) {
        RawService service = new RawService(script);
        toClose.add(service);
        return service;
    }

    Upstream upstream(Duration timeout, String... targets) {
        return upstream(policy(timeout, PATIENT, 64, Optional.empty(), targets));
    }

    Upstream upstream(ServicePolicy policy) {
        Upstream upstream =
                new Upstream(versioned(policy), GatewayFixture.SETTINGS, InstantSource.system(), dialer, kit.system());
        toClose.add(upstream::close);
        return upstream;
    }

    static Versioned versioned(ServicePolicy policy) {
        return new Versioned(new Name("payments"), 1, policy);
    }

    static ServicePolicy policy(
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

    static GatewaySettings keepingAlive(Duration keepAlive) {
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

    static Verdict call(Upstream upstream) {
        return call(upstream, "/x");
    }

    static Verdict call(Upstream upstream, String path) {
        return callAsync(upstream, path).join();
    }

    static CompletableFuture<Verdict> callAsync(Upstream upstream) {
        return callAsync(upstream, "/x");
    }

    static CompletableFuture<Verdict> callAsync(Upstream upstream, String path) {
        HttpRequest request = HttpRequest.POST("/").withEntity("{}");
        return upstream.send(Outgoing.strict(request, path)).toCompletableFuture();
    }

    static String body(Verdict verdict) {
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

    static void discard(Verdict verdict) {
        if (verdict instanceof Verdict.Answered(var response, var sentAt, var bodyEnd)) {
            response.discardEntityBytes(kit.system());
        }
    }

    /** An address at which nobody listens. */
    static String refusing() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return address(socket);
        }
    }

    static String address(ServerSocket socket) {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    /** Until the kernel answers no further connection, because nobody accepts. */
    void fillBacklog(ServerSocket full) throws IOException {
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
