package io.bulwark.http.control;

import akka.http.javadsl.model.HttpResponse;
import io.bulwark.grammar.Name;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Answers;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.Problem;
import io.bulwark.http.server.ProblemException;
import io.bulwark.http.server.RequestBodies;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import io.bulwark.service.ServicePolicy;
import io.bulwark.service.Services;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Creates, shows, changes, deletes and lists services, which belong to the whole cluster. */
public final class ServiceRoutes {
    private static final String SERVICE = "/v1/services/{service}";
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Services services;
    private final RequestBodies bodies;

    /** Reads this node's copy, and changes through the registry. */
    public ServiceRoutes(Services services, RequestBodies bodies) {
        this.services = services;
        this.bodies = bodies;
    }

    /** The lines of the route table. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/v1/services", Access.ofAny(Role.VIEWER), this::list),
                new Route("GET", SERVICE, Access.ofAny(Role.VIEWER), this::show),
                new Route("PUT", SERVICE, Access.ofCluster(Role.OPERATOR), this::put),
                new Route("DELETE", SERVICE, Access.ofCluster(Role.OPERATOR), this::delete));
    }

    private CompletionStage<HttpResponse> list(Call call) {
        Page page = Page.of(call);
        List<Services.Versioned> lines = services.all().stream()
                .sorted(Comparator.comparing(Services.Versioned::name))
                .filter(line -> page.after()
                        .map(after -> line.name().compareTo(after) > 0)
                        .orElse(true))
                .limit(page.limit())
                .toList();
        return CompletableFuture.completedStage(page.answer(lines, Services.Versioned::name));
    }

    private CompletionStage<HttpResponse> show(Call call) {
        Name name = call.name("service");
        Services.Versioned service =
                services.find(name).orElseThrow(() -> unknown(name).exception());
        return CompletableFuture.completedStage(Versioned.shown(call, service.policy(), service.version()));
    }

    private CompletionStage<HttpResponse> put(Call call) {
        Name name = call.name("service");
        Precondition precondition = Preconditions.of(call);
        return bodies.json(call, ServicePolicy.class)
                .thenCompose(policy -> change(services.put(name, policy, precondition))
                        .thenApply(change -> switch (change) {
                            case Services.Change.Changed(long version, boolean created) ->
                                Versioned.put(policy, version, created);
                            case Services.Change other -> throw refused(name, other);
                        }));
    }

    private CompletionStage<HttpResponse> delete(Call call) {
        Name name = call.name("service");
        return change(services.delete(name, Preconditions.of(call))).thenApply(change -> switch (change) {
            case Services.Change.Changed(long version, boolean created) -> Answers.noContent();
            case Services.Change other -> throw refused(name, other);
        });
    }

    private static CompletionStage<Services.Change> change(CompletionStage<Services.Change> asked) {
        return asked.exceptionally(failure -> {
            throw unavailable().exception();
        });
    }

    private static ProblemException refused(Name name, Services.Change change) {
        return switch (change) {
            case Services.Change.PreconditionFailed() -> Preconditions.failed().exception();
            case Services.Change.Absent() -> unknown(name).exception();
            case Services.Change.Full() -> full().exception();
            case Services.Change.Changed other ->
                throw new IllegalStateException("A change that was made is no refusal: " + other);
        };
    }

    private static Problem unknown(Name name) {
        return Problem.notFound(
                "unknown-service", "There is no service '" + name + "': create it with PUT /v1/services/" + name + ".");
    }

    private static Problem full() {
        return Problem.conflict(
                "services-full",
                "There are as many services as there may be",
                "The registry holds 1000 services, the most that it takes: delete one that is not needed.");
    }

    private static Problem unavailable() {
        return Problem.unavailable(
                "registry-unavailable",
                "The registry of services does not answer",
                "The change may or may not have been made: read the service, and try again.",
                SOON);
    }
}
