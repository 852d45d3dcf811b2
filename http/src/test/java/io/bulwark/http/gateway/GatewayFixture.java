package io.bulwark.http.gateway;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawRequestURI;
import com.typesafe.config.ConfigFactory;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.ProblemException;
import io.bulwark.http.server.TraceContext;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.idempotency.OperationId;
import io.bulwark.service.ServicePolicy;
import io.bulwark.service.ServicePolicy.Balance;
import io.bulwark.service.ServicePolicy.Recording;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A gateway on a real socket, between a raw client and services that the test brings. */
final class GatewayFixture implements AutoCloseable {
    static final GatewaySettings SETTINGS = new GatewaySettings(
            64 * 1024,
            Duration.ofMillis(800),
            Duration.ofSeconds(3),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofMillis(50),
            Duration.ofMillis(50));

    final ActorTestKit kit;
    final FakeGuards guards;
    final FakeServices services = new FakeServices();
    final FakeLedger ledger;
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final Gateway gateway;
    final RawClient client;
    private final ServerBinding binding;

    GatewayFixture() {
        this(SETTINGS);
    }

    GatewayFixture(GatewaySettings settings) {
        kit = ActorTestKit.create("gateway", ConfigFactory.parseString("""
                        akka.loglevel = WARNING
                        akka.http.server {
                          raw-request-uri-header = on
                          remote-address-attribute = on
                          request-timeout = infinite
                          parsing.modeled-header-parsing = off
                          parsing.uri-parsing-mode = relaxed
                          parsing.max-content-length = infinite
                        }
                        """).withFallback(ConfigFactory.load()));
        guards = new FakeGuards(kit);
        ledger = new FakeLedger(InstantSource.system());
        gateway = new Gateway(guards, services, ledger, InstantSource.system(), metrics, kit.system(), settings);
        binding = Http.get(kit.system())
                .newServerAt("127.0.0.1", 0)
                .bind(this::serve)
                .toCompletableFuture()
                .join();
        client = new RawClient(binding.localAddress().getPort());
    }

    /** A policy for a service at these addresses, which has more time to answer than a test takes. */
    static ServicePolicy policy(Recording recording, String... targets) {
        return policy(Duration.ofSeconds(30), 64, recording, targets);
    }

    /** A policy for a service that a test makes hang. */
    static ServicePolicy impatient(String... targets) {
        return policy(Duration.ofMillis(300), 64, Recording.DEFAULT, targets);
    }

    static ServicePolicy policy(Duration timeout, int maxInFlight, Recording recording, String... targets) {
        return new ServicePolicy(
                Arrays.stream(targets).map(URI::create).toList(),
                Balance.ROUND_ROBIN,
                timeout,
                Duration.ofSeconds(5),
                maxInFlight,
                Optional.empty(),
                recording);
    }

    static ServicePolicy policy(String... targets) {
        return policy(Recording.DEFAULT, targets);
    }

    static OperationId id(String key) {
        return new OperationId(FakeGuards.ACME, new IdempotencyKey(key));
    }

    int port() {
        return binding.localAddress().getPort();
    }

    @Override
    public void close() {
        gateway.close();
        binding.terminate(Duration.ofSeconds(1)).toCompletableFuture().join();
        kit.shutdownTestKit();
    }

    private CompletionStage<HttpResponse> serve(HttpRequest request) {
        String path = request.getHeader(RawRequestURI.class).orElseThrow().uri().split("\\?", 2)[0];
        List<String> segments = List.of(path.split("/", 5));
        TraceContext trace =
                TraceContext.of(request.getHeader("traceparent").map(HttpHeader::value), new SplittableRandom());
        Map<String, String> variables = Map.of(
                "tenant",
                segments.get(2),
                "service",
                segments.get(3),
                "path",
                segments.size() > 4 ? segments.get(4) : "");
        return gateway.route()
                .handler()
                .handle(new Call(request, variables, trace))
                .exceptionally(failure -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    if (!(cause instanceof ProblemException refused)) {
                        throw new CompletionException(cause);
                    }
                    List<HttpHeader> headers = new ArrayList<>(refused.headers());
                    HttpResponse response = refused.problem().response(trace);
                    response.getHeaders().forEach(headers::add);
                    return response.withHeaders(headers);
                });
    }
}
