package io.bulwark.http.decisions;

import akka.http.javadsl.model.HttpResponse;
import io.bulwark.grammar.Name;
import io.bulwark.http.guard.GuardAsk;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Answers;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.Problem;
import io.bulwark.http.server.RequestBodies;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.idempotency.Ledger;
import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.Ledger.SettleVerdict;
import io.bulwark.idempotency.OperationId;
import io.bulwark.tenant.TenantPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Claims or completes many operations of one tenant in one call. Each stands for itself, as if it had come alone; the
 * call as a whole is refused only for what concerns all of them.
 */
public final class OperationBatchRoutes {
    private static final String OPERATIONS = "/v1/tenants/{tenant}/operations";

    private final GuardAsk guards;
    private final Ledger ledger;
    private final RequestBodies bodies;

    /** Asks the guards for policies, and the ledger for everything else. */
    public OperationBatchRoutes(GuardAsk guards, Ledger ledger, RequestBodies bodies) {
        this.guards = guards;
        this.ledger = ledger;
        this.bodies = bodies;
    }

    /** The lines of the route table. */
    public List<Route> routes() {
        Access callers = Access.ofTenant(Role.CALLER);
        return List.of(
                new Route("POST", OPERATIONS + "/claim", callers, this::claim),
                new Route("POST", OPERATIONS + "/complete", callers, this::complete));
    }

    private CompletionStage<HttpResponse> claim(Call call) {
        Name tenant = call.name("tenant");
        return bodies.json(call, OperationRequests.Claims.class)
                .thenCompose(body -> guards.policy(tenant).thenCompose(policy -> {
                    TenantPolicy active = OperationRoutes.active(tenant, policy);
                    return all(body.items(), item -> claim(tenant, item, active));
                }));
    }

    private CompletionStage<Map<String, Object>> claim(
            Name tenant, OperationRequests.ClaimItem item, TenantPolicy policy) {
        OperationId id = new OperationId(tenant, item.key());
        return ledger.claim(OperationRoutes.claim(id, item.claim(), policy))
                .thenApply(verdict -> claimed(item.key(), verdict));
    }

    private static Map<String, Object> claimed(IdempotencyKey key, ClaimVerdict verdict) {
        return switch (verdict) {
            case ClaimVerdict.Claimed(long token, Instant leaseUntil) -> {
                Map<String, Object> line = line(key, "claimed");
                line.put("token", token);
                line.put("leaseUntil", leaseUntil);
                yield line;
            }
            case ClaimVerdict.Completed(Answer answer) -> {
                Map<String, Object> line = line(key, "completed");
                line.putAll(RecordedAnswer.members(answer));
                yield line;
            }
            case ClaimVerdict.InProgress(Instant leaseUntil, Duration left) ->
                refused(key, OperationProblems.inFlight(leaseUntil));
            case ClaimVerdict.Unknown(Instant since) -> refused(key, OperationProblems.outcomeUnknown(since));
            case ClaimVerdict.Mismatch() -> refused(key, OperationProblems.keyReused());
            case ClaimVerdict.Unavailable(String why, Duration retryAfter) ->
                refused(key, OperationProblems.ledgerUnavailable(retryAfter));
        };
    }

    /** A tenant that is quarantined may still say how its work ended. */
    private CompletionStage<HttpResponse> complete(Call call) {
        Name tenant = call.name("tenant");
        return bodies.json(call, OperationRequests.Completions.class)
                .thenCompose(body -> guards.policy(tenant)
                        .thenCompose(policy -> all(body.items(), item -> complete(tenant, item, policy))));
    }

    private CompletionStage<Map<String, Object>> complete(
            Name tenant, OperationRequests.CompleteItem item, TenantPolicy policy) {
        OperationId id = new OperationId(tenant, item.key());
        return OperationRoutes.recorded(ledger.complete(
                        id, item.token(), item.answer(), policy.idempotency().retention()))
                .thenApply(verdict -> verdict.map(known -> settled(item.key(), known))
                        .orElseGet(() -> refused(item.key(), OperationProblems.notRecordedYet())));
    }

    private static Map<String, Object> settled(IdempotencyKey key, SettleVerdict verdict) {
        return switch (verdict) {
            case SettleVerdict.Settled _, SettleVerdict.Extended _ -> line(key, "recorded");
            case SettleVerdict.Stale() -> refused(key, OperationProblems.tokenStale());
            case SettleVerdict.NotUnknown() -> refused(key, OperationProblems.outcomeKnown());
            case SettleVerdict.Absent() -> refused(key, OperationProblems.unknownOperation());
            case SettleVerdict.Unavailable(String why, Duration retryAfter) ->
                refused(key, OperationProblems.ledgerUnavailable(retryAfter));
        };
    }

    /** The results in the order of the items, when all are there. */
    private static <T> CompletionStage<HttpResponse> all(
            List<T> items, Function<T, CompletionStage<Map<String, Object>>> each) {
        List<CompletableFuture<Map<String, Object>>> lines = items.stream()
                .map(item -> each.apply(item).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(lines.toArray(CompletableFuture[]::new))
                .thenApply(done -> Answers.json(
                        200,
                        Map.of(
                                "results",
                                lines.stream().map(CompletableFuture::join).toList())));
    }

    private static Map<String, Object> line(IdempotencyKey key, String result) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("key", key);
        line.put("result", result);
        return line;
    }

    /** What would have been a problem document, without what is the same for all of its kind. */
    private static Map<String, Object> refused(IdempotencyKey key, Problem problem) {
        Map<String, Object> line = line(key, "refused");
        line.put("problem", Problem.TYPE_PREFIX + problem.name());
        line.put("detail", problem.detail());
        problem.retryAfter().ifPresent(after -> line.put("retryAfter", after));
        line.putAll(problem.members());
        return line;
    }
}
