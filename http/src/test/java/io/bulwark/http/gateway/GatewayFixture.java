package io.bulwark.http.gateway;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.bulwark.http.server.CallStatistics;
import io.bulwark.http.server.ListenerSettings;
import io.bulwark.http.server.ServiceListener;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.idempotency.OperationId;
import io.bulwark.service.ServicePolicy;
import io.bulwark.service.ServicePolicy.Balance;
import io.bulwark.service.ServicePolicy.Recording;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

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
    private final ServiceListener.Bound bound;

    GatewayFixture() {
        this(SETTINGS);
    }

    GatewayFixture(GatewaySettings settings) {
        kit = ActorTestKit.create(
                "gateway", ConfigFactory.parseString("akka.loglevel = WARNING").withFallback(ConfigFactory.load()));
        guards = new FakeGuards(kit);
        ledger = new FakeLedger(InstantSource.system());
        gateway = new Gateway(guards, services, ledger, InstantSource.system(), metrics, kit.system(), settings);
        bound = ServiceListener.bind(
                        kit.system(),
                        listener(),
                        List.of(gateway.route()),
                        (request, access, tenant) -> CompletableFuture.completedFuture(Done.getInstance()),
                        metrics,
                        new CallStatistics(),
                        new SplittableRandom(1),
                        InstantSource.system())
                .toCompletableFuture()
                .join();
        client = new RawClient(bound.address().getPort());
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

    @Override
    public void close() {
        gateway.close();
        bound.drain(Duration.ZERO).toCompletableFuture().join();
        kit.shutdownTestKit();
    }

    private static ListenerSettings listener() {
        Config config = ConfigFactory.parseString("bulwark.http.port = 0, bulwark.http.body-max = 64 KiB");
        return ListenerSettings.of(config.withFallback(ConfigFactory.load()).resolve());
    }
}
