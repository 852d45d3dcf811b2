package io.bulwark.http.scaling;

import akka.http.javadsl.model.HttpResponse;
import io.bulwark.http.control.Preconditions;
import io.bulwark.http.control.Versioned;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Answers;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.Problem;
import io.bulwark.http.server.Query;
import io.bulwark.http.server.RequestBodies;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import io.bulwark.scaling.Decision;
import io.bulwark.scaling.MetricName;
import io.bulwark.scaling.Scaling;
import io.bulwark.scaling.Scaling.EmergencyReply;
import io.bulwark.scaling.Scaling.MetricReply;
import io.bulwark.scaling.Scaling.PolicyReply;
import io.bulwark.scaling.ScalingPolicy;
import io.bulwark.scaling.ScalingView;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Shows and changes the scaling policy, shows what was decided, and takes emergencies and custom metrics. */
public final class ScalingRoutes {
    private static final String POLICY = "/v1/scaling/policy";
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final int DECISIONS_MAX = 1_000;
    private static final int DECISIONS_ABSENT = 100;

    private final Scaling scaling;
    private final RequestBodies bodies;

    /** Reads this node's copy, and asks the coordinator. */
    public ScalingRoutes(Scaling scaling, RequestBodies bodies) {
        this.scaling = scaling;
        this.bodies = bodies;
    }

    /** The lines of the route table. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/v1/scaling", Access.ofCluster(Role.VIEWER), this::show),
                new Route("GET", POLICY, Access.ofCluster(Role.VIEWER), this::policy),
                new Route("PUT", POLICY, Access.ofCluster(Role.OPERATOR), this::put),
                new Route("GET", "/v1/scaling/decisions", Access.ofCluster(Role.VIEWER), this::decisions),
                new Route("POST", "/v1/scaling/emergency", Access.ofCluster(Role.OPERATOR), this::emergency),
                new Route(
                        "PUT",
                        "/v1/scaling/metrics/{metric}",
                        new Access.Needs(Set.of(Role.CALLER, Role.OPERATOR), Access.Scope.CLUSTER),
                        this::metric));
    }

    private CompletionStage<HttpResponse> show(Call call) {
        return CompletableFuture.completedStage(Answers.json(200, ShownScaling.of(view())));
    }

    private CompletionStage<HttpResponse> policy(Call call) {
        ScalingView view = view();
        return CompletableFuture.completedStage(Versioned.shown(call, view.policy(), view.version()));
    }

    private CompletionStage<HttpResponse> put(Call call) {
        Precondition precondition = Preconditions.of(call);
        return bodies.json(call, ScalingPolicy.class)
                .thenCompose(policy -> asked(scaling.put(policy, precondition)).thenApply(reply -> switch (reply) {
                    case PolicyReply.Put(long version) -> Versioned.put(policy, version, false);
                    case PolicyReply.PreconditionFailed() ->
                        throw Preconditions.failed().exception();
                }));
    }

    private CompletionStage<HttpResponse> decisions(Call call) {
        Query query = Query.of(call, Set.of("limit", "after"));
        int limit = query.number("limit", 1, DECISIONS_MAX, DECISIONS_ABSENT);
        int before = query.number("after", 1, Integer.MAX_VALUE, Integer.MAX_VALUE);
        return asked(scaling.decisions(before, limit)).thenApply(lines -> page(lines, limit));
    }

    private static HttpResponse page(List<Decision> lines, int limit) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("items", lines);
        if (lines.size() == limit) {
            members.put("next", Long.toString(lines.getLast().number()));
        }
        return Answers.json(200, members);
    }

    private CompletionStage<HttpResponse> emergency(Call call) {
        return bodies.json(call, EmergencyRequest.class)
                .thenCompose(request -> asked(scaling.emergency(request.call())))
                .thenApply(reply -> switch (reply) {
                    case EmergencyReply.Ordered(int nodes, Instant until) -> Answers.json(202, ordered(nodes, until));
                    case EmergencyReply.Cancelled() -> Answers.noContent();
                    case EmergencyReply.NoEmergency() -> throw noEmergency().exception();
                    case EmergencyReply.Refused(String why) ->
                        throw Problem.badRequest("invalid-request", why + ".").exception();
                });
    }

    private static Map<String, Object> ordered(int nodes, Instant until) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("nodes", nodes);
        members.put("until", until);
        return members;
    }

    private CompletionStage<HttpResponse> metric(Call call) {
        MetricName metric = custom(call.variable("metric"));
        return bodies.json(call, MetricRequest.class)
                .thenCompose(request -> asked(scaling.report(metric, request.value(), request.validFor())))
                .thenApply(reply -> switch (reply) {
                    case MetricReply.TAKEN -> Answers.noContent();
                    case MetricReply.FULL -> throw full().exception();
                });
    }

    private static MetricName custom(String text) {
        try {
            MetricName metric = new MetricName(text);
            if (metric.isCustom()) {
                return metric;
            }
            throw new IllegalArgumentException(
                    "'" + text + "' is measured by the nodes: expected one of your own, which begins with 'custom.'");
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid-request", "In the path, {metric}: " + e.getMessage())
                    .exception();
        }
    }

    private ScalingView view() {
        return scaling.view().orElseThrow(() -> unavailable().exception());
    }

    private static <T> CompletionStage<T> asked(CompletionStage<T> stage) {
        return stage.exceptionally(failure -> {
            throw unavailable().exception();
        });
    }

    private static Problem unavailable() {
        return Problem.unavailable(
                "scaling-unavailable",
                "The scaling coordinator does not answer",
                "It may be moving to another node. A change may or may not have been made: read it, and try again.",
                SOON);
    }

    private static Problem noEmergency() {
        return Problem.conflict(
                "no-emergency",
                "There is no emergency",
                "No size is ordered at present, or the order has run out: there is nothing to take back.");
    }

    private static Problem full() {
        return Problem.conflict(
                "metrics-full",
                "There are as many custom metrics as there may be",
                "64 custom metrics are reported, the most that are kept: use one that is there.");
    }
}
