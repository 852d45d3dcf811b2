package io.bulwark.http.decisions;

import akka.http.javadsl.model.HttpResponse;
import io.bulwark.grammar.Name;
import io.bulwark.http.guard.GuardAsk;
import io.bulwark.http.guard.GuardProblems;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Answers;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.Handler;
import io.bulwark.http.server.RequestBodies;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Ledger;
import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.Ledger.FindVerdict;
import io.bulwark.idempotency.Ledger.SettleVerdict;
import io.bulwark.idempotency.OperationId;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Claims the right to do some work once, and records how it ended. */
public final class OperationRoutes {
    private static final String OPERATION = "/v1/tenants/{tenant}/operations/{key}";
    /** The ledger itself goes on trying to record an answer; the client is told to ask again. */
    private static final Duration RECORDED_WITHIN = Duration.ofSeconds(10);

    private final GuardAsk guards;
    private final Ledger ledger;
    private final RequestBodies bodies;

    /** Asks the guards for policies, and the ledger for everything else. */
    public OperationRoutes(GuardAsk guards, Ledger ledger, RequestBodies bodies) {
        this.guards = guards;
        this.ledger = ledger;
        this.bodies = bodies;
    }

    /** The lines of the route table. */
    public List<Route> routes() {
        return List.of(
                route("/claim", Role.CALLER, this::claim),
                route("/extend", Role.CALLER, this::extend),
                route("/complete", Role.CALLER, this::complete),
                route("/release", Role.CALLER, this::release),
                route("/resolve", Role.OPERATOR, this::resolve),
                new Route("GET", OPERATION, Access.ofTenant(Role.CALLER, Role.VIEWER), this::find));
    }

    private static Route route(String verb, Role role, Handler handler) {
        return new Route("POST", OPERATION + verb, Access.ofTenant(role), handler);
    }

    private CompletionStage<HttpResponse> claim(Call call) {
        OperationId id = id(call);
        return bodies.json(call, OperationRequests.Claim.class)
                .thenCompose(body -> guards.policy(id.tenant())
                        .thenCompose(policy -> ledger.claim(claim(id, body, active(id.tenant(), policy)))))
                .thenApply(OperationRoutes::claimed);
    }

    static Ledger.Claim claim(OperationId id, OperationRequests.Claim body, TenantPolicy policy) {
        Duration lease = body.lease() == null ? policy.idempotency().lease() : body.lease();
        return new Ledger.Claim(
                id, body.fingerprint(), lease, policy.idempotency().retention(), false);
    }

    static TenantPolicy active(Name tenant, TenantPolicy policy) {
        if (policy.status() != TenantStatus.ACTIVE) {
            throw GuardProblems.suspended(tenant, policy.status()).exception();
        }
        return policy;
    }

    private static HttpResponse claimed(ClaimVerdict verdict) {
        return switch (verdict) {
            case ClaimVerdict.Claimed(long token, Instant leaseUntil) ->
                Answers.json(201, Map.of("token", token, "leaseUntil", leaseUntil));
            case ClaimVerdict.Completed(Answer answer) -> Answers.json(200, completed(answer));
            case ClaimVerdict.InProgress(Instant leaseUntil, Duration left) ->
                throw OperationProblems.inFlight(leaseUntil).exception();
            case ClaimVerdict.Unknown(Instant since) ->
                throw OperationProblems.outcomeUnknown(since).exception();
            case ClaimVerdict.Mismatch() -> throw OperationProblems.keyReused().exception();
            case ClaimVerdict.Unavailable(String why, Duration retryAfter) ->
                throw OperationProblems.ledgerUnavailable(retryAfter).exception();
        };
    }

    private static Map<String, Object> completed(Answer answer) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("state", "completed");
        members.putAll(RecordedAnswer.members(answer));
        return members;
    }

    private CompletionStage<HttpResponse> extend(Call call) {
        OperationId id = id(call);
        return bodies.json(call, OperationRequests.Extend.class)
                .thenCompose(body -> ledger.extend(id, body.token(), body.lease()))
                .thenApply(OperationRoutes::settled);
    }

    /** A tenant that is quarantined may still say how its work ended. */
    private CompletionStage<HttpResponse> complete(Call call) {
        OperationId id = id(call);
        return bodies.json(call, OperationRequests.Complete.class)
                .thenCompose(body -> guards.policy(id.tenant())
                        .thenCompose(policy -> patiently(ledger.complete(
                                id,
                                body.token(),
                                body.answer(),
                                policy.idempotency().retention()))))
                .thenApply(OperationRoutes::settled);
    }

    private CompletionStage<HttpResponse> release(Call call) {
        OperationId id = id(call);
        return bodies.json(call, OperationRequests.Release.class)
                .thenCompose(body -> patiently(ledger.release(id, body.token())))
                .thenApply(OperationRoutes::settled);
    }

    private CompletionStage<HttpResponse> resolve(Call call) {
        OperationId id = id(call);
        return bodies.json(call, OperationRequests.Resolve.class)
                .thenCompose(body -> guards.policy(id.tenant())
                        .thenCompose(policy -> patiently(ledger.resolve(
                                id, body.answer(), policy.idempotency().retention()))))
                .thenApply(OperationRoutes::settled);
    }

    private static CompletionStage<SettleVerdict> patiently(CompletionStage<SettleVerdict> verdict) {
        return recorded(verdict)
                .thenApply(known -> known.orElseThrow(
                        () -> OperationProblems.notRecordedYet().exception()));
    }

    /** What came of settling; nothing when it is not known soon enough for the one who asked. */
    static CompletionStage<Optional<SettleVerdict>> recorded(CompletionStage<SettleVerdict> verdict) {
        return verdict.<Optional<SettleVerdict>>thenApply(Optional::of)
                .toCompletableFuture()
                .completeOnTimeout(Optional.empty(), RECORDED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static HttpResponse settled(SettleVerdict verdict) {
        return switch (verdict) {
            case SettleVerdict.Settled() -> Answers.noContent();
            case SettleVerdict.Extended(Instant leaseUntil) -> Answers.noContent();
            case SettleVerdict.Stale() -> throw OperationProblems.tokenStale().exception();
            case SettleVerdict.NotUnknown() ->
                throw OperationProblems.outcomeKnown().exception();
            case SettleVerdict.Absent() ->
                throw OperationProblems.unknownOperation().exception();
            case SettleVerdict.Unavailable(String why, Duration retryAfter) ->
                throw OperationProblems.ledgerUnavailable(retryAfter).exception();
        };
    }

    private CompletionStage<HttpResponse> find(Call call) {
        return ledger.find(id(call)).thenApply(verdict -> switch (verdict) {
            case FindVerdict.Found(Ledger.Operation operation) -> Answers.json(200, shown(operation));
            case FindVerdict.Absent() ->
                throw OperationProblems.unknownOperation().exception();
            case FindVerdict.Unavailable(String why, Duration retryAfter) ->
                throw OperationProblems.ledgerUnavailable(retryAfter).exception();
        });
    }

    /** The answer is not shown: whoever looks may be an operator, whom it is none of the business. */
    private static Map<String, Object> shown(Ledger.Operation operation) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("key", operation.id().key());
        members.put("state", operation.state());
        members.put("fingerprint", operation.fingerprint());
        members.put("token", operation.token());
        members.put("attempts", operation.attempts());
        members.put("createdAt", operation.createdAt());
        members.put("changedAt", operation.changedAt());
        members.put("leaseUntil", operation.leaseUntil());
        members.put("expiresAt", operation.expiresAt());
        members.put("status", operation.answer().map(Answer::status));
        return members;
    }

    private static OperationId id(Call call) {
        return new OperationId(call.name("tenant"), call.key("key"));
    }
}
