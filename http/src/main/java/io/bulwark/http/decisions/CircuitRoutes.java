package io.bulwark.http.decisions;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.circuit.CircuitMode;
import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.grammar.Ranges;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand;
import io.bulwark.http.guard.GuardAsk;
import io.bulwark.http.guard.GuardProblems;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Answers;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.Degraded;
import io.bulwark.http.server.Problem;
import io.bulwark.http.server.ProblemException;
import io.bulwark.http.server.RequestBodies;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Asks a tenant's circuits before a call, tells them how it ended, and sets who decides over them. */
public final class CircuitRoutes {
    private static final String CIRCUITS = "/v1/tenants/{tenant}/circuits";
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration LEASE_MIN = Duration.ofMillis(10);
    private static final Duration LEASE_MAX = Duration.ofHours(1);
    private static final Duration TOOK_MAX = Duration.ofDays(1);
    private static final int REASON_LENGTH_MAX = 500;

    private final GuardAsk guards;
    private final RequestBodies bodies;

    /** Asks the guards. */
    public CircuitRoutes(GuardAsk guards, RequestBodies bodies) {
        this.guards = guards;
        this.bodies = bodies;
    }

    /** The lines of the route table. */
    public List<Route> routes() {
        return List.of(
                new Route("POST", CIRCUITS + "/{service}/permit", Access.ofTenant(Role.CALLER), this::permit),
                new Route("POST", CIRCUITS + "/{service}/report", Access.ofTenant(Role.CALLER), this::report),
                new Route("GET", CIRCUITS, Access.ofTenant(Role.VIEWER), this::show),
                new Route("PUT", CIRCUITS + "/{service}/mode", Access.ofTenant(Role.OPERATOR), this::mode));
    }

    /** Of {@code …/permit}; a lease that is not given is half a minute. */
    record PermitRequest(@Nullable Duration lease) {
        PermitRequest {
            Ranges.check("lease", lease == null ? LEASE : lease, LEASE_MIN, LEASE_MAX);
        }

        Duration leaseOrDefault() {
            return lease == null ? LEASE : lease;
        }
    }

    /** Of {@code …/report}; how long the call took may be left out when the outcome is ignored. */
    record ReportRequest(
            @JsonProperty(required = true) String permit,
            @JsonProperty(required = true) Outcome outcome,
            @Nullable Duration took) {
        ReportRequest {
            if (took == null && outcome != Outcome.IGNORED) {
                throw new IllegalArgumentException(
                        "took is missing: expected how long the call took, such as \"PT0.12S\"");
            }
            Ranges.check("took", took == null ? Duration.ZERO : took, Duration.ZERO, TOOK_MAX);
        }

        Duration tookOrZero() {
            return took == null ? Duration.ZERO : took;
        }
    }

    /** Of {@code …/mode}. */
    record ModeRequest(
            @JsonProperty(required = true) CircuitMode mode,
            @Nullable String reason) {
        ModeRequest {
            Ranges.check("reason (how many characters)", reason == null ? 0 : reason.length(), 0, REASON_LENGTH_MAX);
        }

        String reasonOrEmpty() {
            return reason == null ? "" : reason;
        }
    }

    private CompletionStage<HttpResponse> permit(Call call) {
        Name tenant = call.name("tenant");
        Name service = call.name("service");
        return bodies.jsonOrEmpty(call, PermitRequest.class)
                .thenCompose(body -> guards.<CircuitReply>ask(
                        tenant, replyTo -> new GuardCommand.PermitCircuit(replyTo, service, body.leaseOrDefault())))
                .thenApply(reply -> permitted(tenant, service, reply));
    }

    private static HttpResponse permitted(Name tenant, Name service, CircuitReply reply) {
        return switch (reply) {
            case CircuitReply.Permitted(var permit, var state) ->
                Answers.json(200, Map.of("permit", permit, "state", state));
            case CircuitReply.StoodIn(CircuitReply ours) -> Degraded.answer(() -> permitted(tenant, service, ours));
            case CircuitReply other -> throw refused(tenant, service, other);
        };
    }

    private CompletionStage<HttpResponse> report(Call call) {
        Name tenant = call.name("tenant");
        Name service = call.name("service");
        return bodies.json(call, ReportRequest.class)
                .thenCompose(body -> guards.<CircuitReply>ask(
                        tenant,
                        replyTo -> new GuardCommand.ReportCircuit(
                                replyTo, service, body.permit(), body.outcome(), body.tookOrZero())))
                .thenApply(reply -> done(tenant, service, reply));
    }

    private CompletionStage<HttpResponse> mode(Call call) {
        Name tenant = call.name("tenant");
        Name service = call.name("service");
        return bodies.json(call, ModeRequest.class)
                .thenCompose(body -> guards.<CircuitReply>ask(
                        tenant,
                        replyTo ->
                                new GuardCommand.SetCircuitMode(replyTo, service, body.mode(), body.reasonOrEmpty())))
                .thenApply(reply -> done(tenant, service, reply));
    }

    private CompletionStage<HttpResponse> show(Call call) {
        Name tenant = call.name("tenant");
        return guards.<CircuitReply>ask(tenant, GuardCommand.ShowCircuits::new).thenApply(reply -> switch (reply) {
            case CircuitReply.Shown(List<CircuitReply.View> circuits) -> Answers.json(200, Map.of("items", circuits));
            case CircuitReply.UnknownTenant() ->
                throw GuardProblems.unknownTenant(tenant).exception();
            case CircuitReply other -> throw unexpected(other);
        });
    }

    private static HttpResponse done(Name tenant, Name service, CircuitReply reply) {
        return switch (reply) {
            case CircuitReply.Done() -> Answers.noContent();
            case CircuitReply.StoodIn(CircuitReply ours) -> Degraded.answer(() -> done(tenant, service, ours));
            case CircuitReply other -> throw refused(tenant, service, other);
        };
    }

    private static ProblemException refused(Name tenant, Name service, CircuitReply reply) {
        return switch (reply) {
            case CircuitReply.Open(Duration retryAfter) ->
                open(service, retryAfter).exception();
            case CircuitReply.UnknownPermit() -> stale().exception();
            case CircuitReply.Suspended(var status) ->
                GuardProblems.suspended(tenant, status).exception();
            case CircuitReply.Overloaded(Duration retryAfter) ->
                GuardProblems.overloaded(tenant, retryAfter).exception();
            case CircuitReply.UnknownTenant() ->
                GuardProblems.unknownTenant(tenant).exception();
            case CircuitReply.Permitted other -> throw unexpected(other);
            case CircuitReply.Done other -> throw unexpected(other);
            case CircuitReply.Shown other -> throw unexpected(other);
            case CircuitReply.StoodIn other -> throw unexpected(other);
        };
    }

    private static Problem open(Name service, Duration retryAfter) {
        return Problem.unavailable(
                        "circuit-open",
                        "The circuit to the service is open",
                        "The service '" + service + "' failed too often for this tenant, or an operator has opened its"
                                + " circuit: do not call it now, and ask again after Retry-After.",
                        retryAfter)
                .with("state", "open");
    }

    private static Problem stale() {
        return Problem.conflict(
                "permit-stale",
                "The permit is not out",
                "The permit was reported before, ran out and was given back, or never was: there is nothing to do.");
    }

    private static IllegalStateException unexpected(CircuitReply reply) {
        return new IllegalStateException("The guard answered another question: " + reply);
    }
}
