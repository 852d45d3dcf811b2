package io.bulwark.http.gateway;

import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.Sink;
import akka.util.ByteString;
import io.bulwark.circuit.Outcome;
import io.bulwark.guard.Admission;
import io.bulwark.http.ratelimit.RateLimitHeaders;
import io.bulwark.http.server.ProblemException;
import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.Ledger;
import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.Ledger.FindVerdict;
import io.bulwark.idempotency.Ledger.Operation;
import io.bulwark.idempotency.Ledger.SettleVerdict;
import io.bulwark.idempotency.OperationId;
import io.bulwark.idempotency.OperationState;
import io.bulwark.service.ServicePolicy.OnUnknownOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A call with a key that the guard has admitted: claimed in the ledger, sent, recorded, settled, answered, in this
 * order. It goes on to its end when the client goes away.
 */
final class Execution {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration POLL_FIRST = Duration.ofMillis(20);

    private final Means means;
    private final GuardedCall call;
    private final OperationId id;
    private final Fingerprint fingerprint;
    private final ByteString body;
    private final Instant waitUntil;
    private final Permit permit;
    private final List<HttpHeader> limits;

    Execution(
            Means means,
            GuardedCall call,
            OperationId id,
            Fingerprint fingerprint,
            ByteString body,
            Instant waitUntil,
            Admission.Admitted admitted) {
        this.means = means;
        this.call = call;
        this.id = id;
        this.fingerprint = fingerprint;
        this.body = body;
        this.waitUntil = waitUntil;
        this.permit = new Permit(means.guards(), call.tenant(), admitted);
        this.limits = RateLimitHeaders.of(admitted.limits(), admitted.legacyHeaders());
    }

    /** Every end that has not settled the permit otherwise says nothing about the service. */
    CompletionStage<HttpResponse> run() {
        return means.delays()
                .after(permit.admitted().delay())
                .thenCompose(turn -> claim(POLL_FIRST))
                .whenComplete((response, failure) -> permit.ignore());
    }

    private CompletionStage<HttpResponse> claim(Duration pause) {
        return claimed().thenCompose(verdict -> switch (verdict) {
            case ClaimVerdict.Claimed(long token, var until) -> send(token);
            case ClaimVerdict.Completed(Answer answer) ->
                CompletableFuture.completedFuture(Replay.again(answer, limits));
            case ClaimVerdict.InProgress(var until, Duration leaseLeft) -> claimLater(pause, leaseLeft);
            case ClaimVerdict.Mismatch() -> throw GatewayProblems.keyReused(limits);
            case ClaimVerdict.Unknown(Instant since) -> throw GatewayProblems.outcomeUnknown(limits, id, since);
            case ClaimVerdict.Unavailable(var why, Duration retryAfter) ->
                throw GatewayProblems.ledgerUnavailable(limits, retryAfter);
        });
    }

    /** A claim that comes too late is given back: nobody is going to execute it. */
    private CompletionStage<ClaimVerdict> claimed() {
        Duration lease = longer(permit.admitted().idempotency().lease(), Admissions.lease(means, call));
        boolean retryUnknown = call.service().idempotency().onUnknownOutcome() == OnUnknownOutcome.RETRY;
        Ledger.Claim claim = new Ledger.Claim(id, fingerprint, lease, retention(), retryUnknown);
        return means.delays()
                .within(
                        means.ledger().claim(claim),
                        means.settings().recordWithin(),
                        () -> new ClaimVerdict.Unavailable("no answer in time", SOON),
                        late -> {
                            if (late instanceof ClaimVerdict.Claimed(long token, var until)) {
                                means.ledger().release(id, token);
                            }
                        });
    }

    /** Claimed through another node, or before this tenant's guard moved: the ledger is asked until the wait is over. */
    private CompletionStage<HttpResponse> claimLater(Duration pause, Duration leaseLeft) {
        Duration left = Duration.between(means.clock().instant(), waitUntil);
        if (left.isNegative() || left.isZero()) {
            throw GatewayProblems.inFlight(limits, shorter(SOON, leaseLeft));
        }
        Duration next = shorter(pause.multipliedBy(2), means.settings().pollEvery());
        return means.delays().after(shorter(pause, left)).thenCompose(passed -> claim(next));
    }

    private CompletionStage<HttpResponse> send(long token) {
        var entity = HttpEntities.create(call.request().entity().getContentType(), body);
        Instant begun = means.clock().instant();
        return call.upstream()
                .send(Outgoing.strict(call.forwarded(entity), call.pathAndQuery()))
                .thenCompose(verdict -> switch (verdict) {
                    case Verdict.Answered answered -> answered(token, answered);
                    case Verdict.Busy() ->
                        released(token).thenApply(recorded -> {
                            throw GatewayProblems.busy(limits, call.serviceName());
                        });
                    case Verdict.Unreachable _ ->
                        released(token).thenApply(recorded -> {
                            permit.settle(Outcome.FAILURE, since(begun));
                            throw GatewayProblems.unreachable(limits, call.serviceName(), recorded);
                        });
                    case Verdict.TimedOut _ ->
                        unknown(token, begun, GatewayProblems.timedOut(limits, call.serviceName(), true));
                    case Verdict.BrokeOff _ ->
                        unknown(token, begun, GatewayProblems.brokeOff(limits, call.serviceName(), true));
                });
    }

    private CompletionStage<HttpResponse> answered(long token, Verdict.Answered answered) {
        means.metrics().serviceAnswered(since(answered.sentAt()));
        HttpResponse response = answered.response();
        boolean recorded =
                call.service().idempotency().record().records(response.status().intValue());
        return AnswerBody.read(response.entity(), call.service().idempotency().maxRecordedBody(), means)
                .thenCompose(read -> switch (read) {
                    case AnswerBody.Whole(ByteString bytes) -> {
                        Answer answer = Replay.record(response, bytes);
                        HttpResponse first = Replay.first(answer, response, limits);
                        yield recorded ? keep(token, answered, answer, first) : passOn(token, answered, first);
                    }
                    case AnswerBody.Larger(var entity) -> {
                        HttpResponse passed = Replay.passed(response.withEntity(entity), limits);
                        yield recorded
                                ? keep(token, answered, Replay.recordWithoutBody(response), passed)
                                : passOn(token, answered, passed);
                    }
                    case AnswerBody.Broken(boolean late) ->
                        unknown(
                                token,
                                answered.sentAt(),
                                late
                                        ? GatewayProblems.timedOut(limits, call.serviceName(), true)
                                        : GatewayProblems.brokeOff(limits, call.serviceName(), true));
                });
    }

    /** Durable first, then the guard, so that who waits there finds it recorded, then the client. */
    private CompletionStage<HttpResponse> keep(
            long token, Verdict.Answered answered, Answer answer, HttpResponse response) {
        return bounded(means.ledger().complete(id, token, answer, retention())).thenCompose(verdict -> {
            settle(answered);
            return switch (verdict) {
                case SettleVerdict.Settled() -> CompletableFuture.completedFuture(response);
                case SettleVerdict.Unavailable _ -> {
                    discard(response);
                    throw GatewayProblems.notRecordedYet(limits);
                }
                case SettleVerdict.Stale _,
                        SettleVerdict.Absent _,
                        SettleVerdict.NotUnknown _,
                        SettleVerdict.Extended _ -> {
                    discard(response);
                    yield superseded();
                }
            };
        });
    }

    /** The service says that it did nothing, so that a retry may execute. */
    private CompletionStage<HttpResponse> passOn(long token, Verdict.Answered answered, HttpResponse response) {
        return released(token).thenApply(recorded -> {
            settle(answered);
            return response;
        });
    }

    private CompletionStage<Boolean> released(long token) {
        return bounded(means.ledger().release(id, token)).thenApply(SettleVerdict.Settled.class::isInstance);
    }

    /** Recorded or not, nobody is told that it was not executed: without a record the lease runs out to the same end. */
    private CompletionStage<HttpResponse> unknown(long token, Instant sentAt, ProblemException problem) {
        return bounded(means.ledger().markUnknown(id, token, retention())).thenApply(recorded -> {
            permit.settle(Outcome.FAILURE, since(sentAt));
            throw problem;
        });
    }

    /** The claim ran out before the answer came, and the operation went on without this call. */
    private CompletionStage<HttpResponse> superseded() {
        CompletionStage<FindVerdict> record = means.delays()
                .within(
                        means.ledger().find(id),
                        means.settings().recordWithin(),
                        () -> new FindVerdict.Unavailable("no answer in time", SOON));
        return record.thenApply(found -> {
            if (found instanceof FindVerdict.Found(Operation operation)) {
                if (operation.fingerprint().equals(fingerprint)
                        && operation.answer().isPresent()) {
                    return Replay.again(operation.answer().get(), limits);
                }
                if (operation.state() == OperationState.UNKNOWN) {
                    throw GatewayProblems.outcomeUnknown(limits, id, operation.changedAt());
                }
            }
            throw GatewayProblems.inFlight(limits, SOON);
        });
    }

    private CompletionStage<SettleVerdict> bounded(CompletionStage<SettleVerdict> recording) {
        return means.delays()
                .within(
                        recording,
                        means.settings().recordWithin(),
                        () -> new SettleVerdict.Unavailable("no answer in time", SOON));
    }

    private void settle(Verdict.Answered answered) {
        Outcome outcome = Admissions.outcome(answered.response().status().intValue());
        permit.settle(outcome, since(answered.sentAt()));
    }

    private void discard(HttpResponse response) {
        if (!response.entity().isStrict()) {
            response.entity().getDataBytes().runWith(Sink.cancelled(), means.system());
        }
    }

    private Duration retention() {
        return permit.admitted().idempotency().retention();
    }

    private Duration since(Instant begun) {
        return Duration.between(begun, means.clock().instant());
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
