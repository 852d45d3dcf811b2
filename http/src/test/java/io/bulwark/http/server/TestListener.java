package io.bulwark.http.server;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A listener on a free port, with its actor system. */
public final class TestListener implements AutoCloseable {
    /** Lets everybody in. */
    public static final Authorizer EVERYBODY =
            (request, access, tenant) -> CompletableFuture.completedStage(Done.getInstance());

    private final ActorSystem<Void> system;
    private final ServiceListener.Bound bound;
    private final MeterRegistry meters = new SimpleMeterRegistry();

    /** With other settings than the defaults, by their names under {@code bulwark.http}. */
    public TestListener(Authorizer authorizer, Map<String, Object> settings, Routes routes) {
        Config config = ConfigFactory.parseMap(Map.of("bulwark.http", settings))
                .withFallback(ConfigFactory.parseString("""
                        bulwark.http { host = "127.0.0.1", port = 0 }
                        akka { loglevel = WARNING, stdout-loglevel = WARNING, loggers = ["akka.event.slf4j.Slf4jLogger"] }
                        """))
                .withFallback(ConfigFactory.load());
        system = ActorSystem.create(Behaviors.empty(), "test", config);
        ListenerSettings listening = ListenerSettings.of(config);
        RequestBodies bodies = new RequestBodies(system, listening);
        bound = await(ServiceListener.bind(
                system,
                listening,
                routes.of(system, bodies),
                authorizer,
                meters,
                new CallStatistics(),
                new SplittableRandom(1),
                InstantSource.system()));
    }

    /** What is served. */
    public interface Routes {
        /** The table, given what handlers need. */
        List<Route> of(ActorSystem<Void> system, RequestBodies bodies);
    }

    /** Waits, with a bound. */
    public static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return bound.address();
    }

    /** An address on it. */
    public URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + address().getPort() + pathAndQuery);
    }

    /** A connection to it. */
    public RawClient connect() throws IOException {
        return new RawClient(address());
    }

    /** Its meters. */
    public MeterRegistry meters() {
        return meters;
    }

    /** Stops it. */
    public void announceEnd() {
        bound.announceEnd();
    }

    CompletionStage<Void> drain(Duration deadline) {
        return bound.drain(deadline);
    }

    @Override
    public void close() {
        system.terminate();
        await(system.getWhenTerminated());
    }
}
