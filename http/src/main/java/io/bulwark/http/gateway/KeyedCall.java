package io.bulwark.http.gateway;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand.Keyed;
import io.bulwark.guard.LimitReport;
import io.bulwark.http.idempotency.Fingerprints;
import io.bulwark.http.server.Degraded;
import io.bulwark.http.server.ProblemException;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.idempotency.Ledger.FindVerdict;
import io.bulwark.idempotency.Ledger.Operation;
import io.bulwark.idempotency.OperationId;
import io.bulwark.service.ServicePolicy.OnUnknownOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A call with a key, up to its admission: who comes while another with the same key is in flight waits for that one and
 * gets its answer; the guard admits at most one at a time, and an {@link Execution} does the rest.
 */
final class KeyedCall {
    /** How often one call asks the guard, each time the one before it was given up. */
    private static final int ROUNDS_MAX = 64;
    /** The first ones follow at once; while a guard moves, calls are given up for reasons that last a moment. */
    private static final int ROUNDS_AT_ONCE = 3;

    private static final Duration SOON = Duration.ofSeconds(1);

    private final Means means;
    private final GuardedCall call;
    private final ByteString body;
    private final OperationId id;
    private final Keyed keyed;
    private final Instant waitUntil;

    KeyedCall(Means means, GuardedCall call, IdempotencyKey key, ByteString body) {
        this.means = means;
        this.call = call;
        this.body = body;
        this.id = new OperationId(call.tenant(), key);
        this.keyed = new Keyed(
                key,
                Fingerprints.of(
                        call.request().method().name(),
                        "/" + call.serviceName() + "/" + call.call().variable("path"),
                        call.call().rawQuery(),
                        call.request().entity().getContentType().toString(),
                        body));
        Duration wait = call.preferences()
                .waitAtMost()
                .orElse(call.policy().idempotency().waitInFlight());
        this.waitUntil = means.clock().instant().plus(wait);
    }

    CompletionStage<HttpResponse> run() {
        return admit(1);
    }

    private CompletionStage<HttpResponse> admit(int round) {
        return Admissions.ask(means, call, Optional.of(keyed), waitLeft(), round == 1)
                .thenCompose(admission -> follow(admission, round));
    }

    private CompletionStage<HttpResponse> follow(Admission admission, int round) {
        return switch (admission) {
            case Admission.Admitted admitted ->
                new Execution(means, call, id, keyed.fingerprint(), body, waitUntil, admitted).run();
            case Admission.StoodIn(Admission answer) -> Degraded.stage(() -> follow(answer, round));
            case Admission.FirstFinished(var limits) -> afterFirst(Admissions.headers(call, limits), round);
            case Admission.CircuitOpen open ->
                replayOr(
                        GatewayProblems.circuitOpen(
                                open, call.serviceName(), call.policy().legacyRateLimitHeaders()),
                        open.limits());
            case Admission.StillInFlight(var limits, var retryAfter) ->
                replayOr(GatewayProblems.inFlight(Admissions.headers(call, limits), retryAfter), limits);
            case Admission.KeyReused() -> throw GatewayProblems.keyReused(List.of());
            case Admission.Limited limited -> throw GatewayProblems.limited(limited);
            case Admission.Suspended suspended -> throw GatewayProblems.suspended(suspended, call.tenant());
            case Admission.Overloaded overloaded -> throw GatewayProblems.overloaded(overloaded, call.tenant());
            case Admission.UnknownTenant() -> throw GatewayProblems.unknownTenant(call.tenant());
        };
    }

    /** The ledger knows how the call ended that this one waited for. */
    private CompletionStage<HttpResponse> afterFirst(List<HttpHeader> limits, int round) {
        return found().thenCompose(found -> switch (found) {
            case FindVerdict.Found(Operation operation) -> follow(operation, limits, round);
            case FindVerdict.Absent() -> again(limits, round);
            case FindVerdict.Unavailable(var why, var retryAfter) ->
                throw GatewayProblems.ledgerUnavailable(limits, retryAfter);
        });
    }

    private CompletionStage<HttpResponse> follow(Operation operation, List<HttpHeader> limits, int round) {
        if (!operation.fingerprint().equals(keyed.fingerprint())) {
            throw GatewayProblems.keyReused(limits);
        }
        return switch (operation.state()) {
            case COMPLETED -> done(Replay.again(operation.answer().orElseThrow(), limits));
            case RELEASED -> again(limits, round);
            case UNKNOWN -> {
                if (call.service().idempotency().onUnknownOutcome() == OnUnknownOutcome.REFUSE) {
                    throw GatewayProblems.outcomeUnknown(limits, id, operation.changedAt());
                }
                yield again(limits, round);
            }
            case CLAIMED -> lookLater(limits, round);
        };
    }

    /** Settled at the guard and not yet in the ledger: the outcome is being recorded. */
    private CompletionStage<HttpResponse> lookLater(List<HttpHeader> limits, int round) {
        if (waitLeft().isZero()) {
            throw GatewayProblems.inFlight(limits, SOON);
        }
        return means.delays().after(means.settings().pollEvery()).thenCompose(passed -> afterFirst(limits, round));
    }

    private CompletionStage<HttpResponse> again(List<HttpHeader> limits, int round) {
        if (round < ROUNDS_AT_ONCE) {
            return admit(round + 1);
        }
        if (round >= ROUNDS_MAX || waitLeft().isZero()) {
            throw GatewayProblems.inFlight(limits, SOON);
        }
        return means.delays().after(means.settings().pollEvery()).thenCompose(passed -> admit(round + 1));
    }

    /**
     * What is recorded needs no service, and so no closed circuit; nor a guard that was never told of it, because the
     * node that recorded it died first.
     */
    private CompletionStage<HttpResponse> replayOr(ProblemException otherwise, List<LimitReport> reports) {
        List<HttpHeader> limits = Admissions.headers(call, reports);
        return found().thenApply(found -> {
            if (found instanceof FindVerdict.Found(Operation operation)
                    && operation.answer().isPresent()) {
                if (!operation.fingerprint().equals(keyed.fingerprint())) {
                    throw GatewayProblems.keyReused(limits);
                }
                return Replay.again(operation.answer().get(), limits);
            }
            throw otherwise;
        });
    }

    private CompletionStage<FindVerdict> found() {
        return means.delays()
                .within(
                        means.ledger().find(id),
                        means.settings().recordWithin(),
                        () -> new FindVerdict.Unavailable("no answer in time", SOON));
    }

    private Duration waitLeft() {
        Duration left = Duration.between(means.clock().instant(), waitUntil);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static CompletionStage<HttpResponse> done(HttpResponse response) {
        return CompletableFuture.completedFuture(response);
    }
}
