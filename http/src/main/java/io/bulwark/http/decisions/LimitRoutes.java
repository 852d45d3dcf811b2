package io.bulwark.http.decisions;

import akka.http.javadsl.model.HttpResponse;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.LimitReply.Result;
import io.bulwark.guard.LimitReport;
import io.bulwark.http.guard.GuardAsk;
import io.bulwark.http.guard.GuardProblems;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.Degraded;
import io.bulwark.http.server.Handler;
import io.bulwark.http.server.ProblemException;
import io.bulwark.http.server.RequestBodies;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Spends of a tenant's limits: at once, many at once, or reserved first and settled later. */
public final class LimitRoutes {
    private static final String LIMITS = "/v1/tenants/{tenant}/limits";

    private final GuardAsk guards;
    private final RequestBodies bodies;

    /** Asks the guards. */
    public LimitRoutes(GuardAsk guards, RequestBodies bodies) {
        this.guards = guards;
        this.bodies = bodies;
    }

    /** The lines of the route table. */
    public List<Route> routes() {
        return List.of(
                route(LIMITS + "/acquire", this::acquireMany),
                route(LIMITS + "/{limit}/acquire", this::acquire),
                route(LIMITS + "/{limit}/reserve", this::reserve),
                route(LIMITS + "/{limit}/settle", this::settle));
    }

    private static Route route(String template, Handler handler) {
        return new Route("POST", template, Access.ofTenant(Role.CALLER), handler);
    }

    private CompletionStage<HttpResponse> acquire(Call call) {
        Name tenant = call.name("tenant");
        Name limit = call.name("limit");
        return bodies.json(call, LimitRequests.Acquire.class)
                .thenCompose(body -> decide(
                        tenant, List.of(body.item(limit)), results -> LimitAnswers.single(tenant, results.getFirst())));
    }

    private CompletionStage<HttpResponse> acquireMany(Call call) {
        Name tenant = call.name("tenant");
        return bodies.json(call, LimitRequests.Batch.class)
                .thenCompose(body ->
                        decide(tenant, body.decisions(), results -> LimitAnswers.batch(body.decisions(), results)));
    }

    private CompletionStage<HttpResponse> decide(
            Name tenant, List<GuardCommand.Item> items, Function<List<Result>, HttpResponse> answer) {
        return guards.<LimitReply>ask(tenant, replyTo -> new GuardCommand.Acquire(replyTo, items))
                .thenApply(reply -> decided(tenant, reply, answer));
    }

    private static HttpResponse decided(Name tenant, LimitReply reply, Function<List<Result>, HttpResponse> answer) {
        return switch (reply) {
            case LimitReply.Decided(List<Result> results, long _) -> answer.apply(results);
            case LimitReply.StoodIn(LimitReply ours) -> Degraded.answer(() -> decided(tenant, ours, answer));
            case LimitReply other -> throw refused(tenant, other);
        };
    }

    private CompletionStage<HttpResponse> reserve(Call call) {
        Name tenant = call.name("tenant");
        Name limit = call.name("limit");
        return bodies.json(call, LimitRequests.Reserve.class)
                .thenCompose(body -> guards.<LimitReply>ask(
                        tenant, replyTo -> new GuardCommand.Reserve(replyTo, limit, body.cost(), body.expiresIn())))
                .thenApply(reply -> switch (reply) {
                    case LimitReply.Reserved reserved -> LimitAnswers.reserved(reserved);
                    case LimitReply.Refused(LimitReport report, Duration retryAfter) ->
                        throw LimitAnswers.exceeded(report, retryAfter);
                    case LimitReply other -> throw refused(tenant, other);
                });
    }

    private CompletionStage<HttpResponse> settle(Call call) {
        Name tenant = call.name("tenant");
        Name limit = call.name("limit");
        return bodies.json(call, LimitRequests.Settle.class)
                .thenCompose(body -> guards.<LimitReply>ask(
                        tenant,
                        replyTo -> new GuardCommand.SettleReservation(replyTo, limit, body.reservation(), body.cost())))
                .thenApply(reply -> switch (reply) {
                    case LimitReply.Settled(LimitReport report) -> LimitAnswers.settled(report);
                    case LimitReply other -> throw refused(tenant, other);
                });
    }

    private static ProblemException refused(Name tenant, LimitReply reply) {
        return switch (reply) {
            case LimitReply.UnknownTenant() ->
                GuardProblems.unknownTenant(tenant).exception();
            case LimitReply.UnknownLimit(Name limit) ->
                GuardProblems.unknownLimit(tenant, limit).exception();
            case LimitReply.NeedsReservation(Name limit) ->
                LimitAnswers.heldNotSpent(limit).exception();
            case LimitReply.UnknownReservation() ->
                LimitAnswers.unknownReservation().exception();
            case LimitReply.Suspended(var status) ->
                GuardProblems.suspended(tenant, status).exception();
            case LimitReply.Overloaded(Duration retryAfter) ->
                GuardProblems.overloaded(tenant, retryAfter).exception();
            case LimitReply.Decided other -> throw unexpected(other);
            case LimitReply.Reserved other -> throw unexpected(other);
            case LimitReply.Refused other -> throw unexpected(other);
            case LimitReply.Settled other -> throw unexpected(other);
            case LimitReply.StoodIn other -> throw unexpected(other);
        };
    }

    private static IllegalStateException unexpected(LimitReply reply) {
        return new IllegalStateException("The guard answered another question: " + reply);
    }
}
