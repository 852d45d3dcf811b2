package io.bulwark.node.demo;

import akka.actor.typed.ActorSystem;
import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.Guards;
import io.bulwark.guard.PolicyReply;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import io.bulwark.service.ServicePolicy;
import io.bulwark.service.Services;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.wire.Precondition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The tenant {@code acme}, the service {@code payments}, and the calls that show what Bulwark does with them. */
public final class Demo {
    private static final Name TENANT = new Name("acme");
    private static final Name SERVICE = new Name("payments");
    private static final Duration WITHIN = Duration.ofSeconds(10);

    private Demo() {}

    /** Starts the service and registers service and tenant, over whatever an earlier demo left. */
    public static CompletionStage<?> register(ActorSystem<?> system, Services services, Guards guards) {
        return PaymentsService.start(system)
                .thenCompose(binding -> services.put(
                        SERVICE,
                        service(URI.create(
                                "http://127.0.0.1:" + binding.localAddress().getPort())),
                        new Precondition.None()))
                .thenCompose(_ -> guards.<PolicyReply>ask(
                        TENANT,
                        replyTo -> new GuardCommand.PutPolicy(replyTo, tenant(), new Precondition.None()),
                        WITHIN));
    }

    private static ServicePolicy service(URI target) {
        return new ServicePolicy(
                List.of(target),
                ServicePolicy.Balance.ROUND_ROBIN,
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                512,
                Optional.empty(),
                ServicePolicy.Recording.DEFAULT);
    }

    /** Twenty calls at once, five more each second; five failures in a row open the circuit for five seconds. */
    private static TenantPolicy tenant() {
        LimitPolicy requests = new LimitPolicy(
                new Name("requests"),
                Algorithm.TOKEN_BUCKET,
                20,
                5,
                Duration.ofSeconds(1),
                Durability.SOFT,
                Mode.ENFORCE);
        CircuitPolicy.Trip trip =
                new CircuitPolicy.Trip(0.5, 0.8, Duration.ofSeconds(2), 5, 20, Duration.ofSeconds(10));
        return new TenantPolicy(
                List.of(requests),
                Map.of(),
                new CircuitPolicy(trip, Duration.ofSeconds(5), Duration.ofSeconds(60), 3, Duration.ofSeconds(10)),
                TenantPolicy.DEFAULT.idempotency(),
                TenantPolicy.DEFAULT.onGuardUnavailable(),
                TenantPolicy.DEFAULT.status(),
                false);
    }

    /**
     * The tour, line by line, ready to paste into a POSIX shell.
     *
     * @param base the service listener's address, without a slash at the end
     * @param token of a caller of {@code acme}
     */
    public static String tour(String base, String token) {
        try (InputStream tour = Demo.class.getResourceAsStream("tour.txt")) {
            if (tour == null) {
                throw new IllegalStateException("tour.txt is not in the archive: build it again");
            }
            return new String(tour.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("{token}", token)
                    .replace("{payments}", base + "/t/acme/payments");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
