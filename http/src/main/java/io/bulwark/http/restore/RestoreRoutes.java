package io.bulwark.http.restore;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Answers;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.Problem;
import io.bulwark.http.server.ProblemException;
import io.bulwark.http.server.Query;
import io.bulwark.http.server.RequestBodies;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import io.bulwark.restore.RestoreRun;
import io.bulwark.restore.Restores;
import io.bulwark.restore.Restores.Started;
import io.bulwark.restore.Restores.Why;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Begins restores of tenants, and shows how far they are. */
public final class RestoreRoutes {
    private static final String RESTORES = "/v1/restores";
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final int RUNS_MAX = 1_000;
    private static final int RUNS_ABSENT = 100;

    private final Restores restores;
    private final RequestBodies bodies;

    /** Asks this port. */
    public RestoreRoutes(Restores restores, RequestBodies bodies) {
        this.restores = restores;
        this.bodies = bodies;
    }

    /** The lines of the route table. */
    public List<Route> routes() {
        Access access = Access.ofCluster(Role.ADMIN);
        return List.of(
                new Route("POST", RESTORES, access, this::start),
                new Route("GET", RESTORES, access, this::list),
                new Route("GET", RESTORES + "/{restore}", access, this::show));
    }

    private CompletionStage<HttpResponse> start(Call call) {
        return bodies.json(call, RestoreRequest.class)
                .thenCompose(request -> asked(restores.start(request.order())))
                .thenApply(started -> switch (started) {
                    case Started.Begun(RestoreRun run) ->
                        Answers.json(202, ShownRestore.of(run))
                                .addHeader(RawHeader.create("Location", RESTORES + "/" + run.id()));
                    case Started.Refused(Why why, String sentence) -> throw refused(why, sentence);
                });
    }

    private CompletionStage<HttpResponse> list(Call call) {
        Query query = Query.of(call, Set.of("limit", "after"));
        int limit = query.number("limit", 1, RUNS_MAX, RUNS_ABSENT);
        return asked(restores.list(query.text("after"), limit)).thenApply(runs -> page(runs, limit));
    }

    private static HttpResponse page(List<RestoreRun> runs, int limit) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("items", runs.stream().map(ShownRestore::of).toList());
        if (runs.size() == limit) {
            members.put("next", runs.getLast().id());
        }
        return Answers.json(200, members);
    }

    private CompletionStage<HttpResponse> show(Call call) {
        String id = call.variable("restore");
        return asked(restores.find(id))
                .thenApply(run -> run.map(found -> Answers.json(200, ShownRestore.of(found)))
                        .orElseThrow(() -> unknown(id).exception()));
    }

    private static <T> CompletionStage<T> asked(CompletionStage<T> stage) {
        return stage.exceptionally(failure -> {
            throw unavailable().exception();
        });
    }

    private static ProblemException refused(Why why, String sentence) {
        String detail = sentence + ".";
        return switch (why) {
            case UNKNOWN_TENANT -> Problem.notFound("unknown-tenant", detail).exception();
            case RUNNING ->
                Problem.conflict("restore-running", "A restore of the tenant runs", detail)
                        .withRetryAfter(SOON)
                        .exception();
            case NOT_CONFIGURED ->
                Problem.conflict("backups-not-configured", "There are no backups to restore from", detail)
                        .exception();
            case IMPOSSIBLE ->
                Problem.conflict("restore-impossible", "The restore cannot be", detail)
                        .exception();
        };
    }

    private static Problem unknown(String id) {
        return Problem.notFound(
                "unknown-restore", "There is no restore '" + id + "': GET /v1/restores lists the last 1000.");
    }

    private static Problem unavailable() {
        return Problem.unavailable(
                "restores-unavailable",
                "The restores cannot be read or begun",
                "The database that remembers them does not answer: look at GET /v1/restores before you try again.",
                SOON);
    }
}
