package io.bulwark.http.gateway;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpResponse;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Guards;
import io.bulwark.http.idempotency.KeyHeader;
import io.bulwark.http.idempotency.Preferences;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.ProblemException;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.idempotency.Ledger;
import io.bulwark.service.Services;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Serves guarded calls: {@code * /t/{tenant}/{service}/{path…}}, for callers of that tenant.
 *
 * <p>The order of a call: is the service known, does it need a key and is the key one, the body (only with a key), the
 * guard, the claim, the service, the record, the guard again, the client. Nothing is sent before the claim is durable,
 * and nothing is answered before the record is. A {@code HEAD} has no body to record and is always a call without key.
 */
public final class Gateway implements AutoCloseable {
    private static final Duration DRAIN_POLL = Duration.ofMillis(50);

    private final Means means;
    private final Upstreams upstreams;
    private final TenantPolicies policies;
    private final AtomicInteger inFlight = new AtomicInteger();

    /** Begins to watch the services; {@link #close} ends that. */
    public Gateway(
            Guards guards,
            Services services,
            Ledger ledger,
            InstantSource clock,
            MeterRegistry registry,
            ActorSystem<?> system,
            GatewaySettings settings) {
        GatewayMetrics metrics = new GatewayMetrics(registry);
        this.means = new Means(guards, ledger, clock, new Delays(system), settings, metrics, system);
        this.upstreams = new Upstreams(services, settings, clock, system);
        this.policies = new TenantPolicies(means);
        metrics.inFlight(inFlight::get, upstreams::inFlight);
    }

    /** The one line of the route table. */
    public Route route() {
        return new Route(
                Route.EVERY_METHOD, "/t/{tenant}/{service}/{path…}", Access.ofTenant(Role.CALLER), this::handle);
    }

    /** How many calls are being served; one whose client is gone counts until its outcome is recorded. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Completes when no call is being served; new ones are not kept out by this. */
    public CompletionStage<Done> drained() {
        return inFlight.get() == 0
                ? CompletableFuture.completedFuture(Done.getInstance())
                : means.delays().after(DRAIN_POLL).thenCompose(passed -> drained());
    }

    /** Ends health checks and idle connections. */
    @Override
    public void close() {
        upstreams.close();
    }

    private CompletionStage<HttpResponse> handle(Call call) {
        inFlight.incrementAndGet();
        return begin(call).whenComplete((response, failure) -> {
            inFlight.decrementAndGet();
            means.metrics().ended(outcome(response, failure));
        });
    }

    /** Fails the stage instead of throwing, so that every end is counted. */
    private CompletionStage<HttpResponse> begin(Call call) {
        try {
            return serve(call);
        } catch (RuntimeException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private CompletionStage<HttpResponse> serve(Call call) {
        Name tenant = call.name("tenant");
        Name service = call.name("service");
        Upstream upstream = upstreams.find(service).orElseThrow(() -> GatewayProblems.unknownService(service));
        Optional<IdempotencyKey> key = key(call, upstream);
        RequestBody body = new RequestBody(call.request().entity(), means);
        return policies.of(tenant).thenCompose(policy -> {
            var guarded = new GuardedCall(call, tenant, policy, upstream, Preferences.of(call.request()));
            return key.map(value -> body.read().thenCompose(bytes -> new KeyedCall(means, guarded, value, bytes).run()))
                    .orElseGet(() -> new UnkeyedCall(means, guarded, body).run());
        });
    }

    /** The key that the call goes under, if any; refuses a missing one that is required, and one that is none. */
    private static Optional<IdempotencyKey> key(Call call, Upstream upstream) {
        String method = call.request().method().name();
        Optional<IdempotencyKey> key = switch (KeyHeader.of(call.request())) {
            case KeyHeader.Present(IdempotencyKey value) -> Optional.of(value);
            case KeyHeader.Absent() -> Optional.empty();
            case KeyHeader.Malformed(String why) -> throw GatewayProblems.keyMalformed(why);
        };
        if (key.isEmpty() && upstream.service().policy().idempotency().require().contains(method)) {
            throw GatewayProblems.keyMissing(upstream.service().name(), method);
        }
        return method.equals("HEAD") ? Optional.empty() : key;
    }

    private static String outcome(@Nullable HttpResponse response, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof ProblemException refused) {
            return refused.problem().name();
        }
        if (response == null) {
            return "internal";
        }
        return response.getHeader(Replay.REPLAYED).isPresent() ? "replayed" : "answered";
    }
}
