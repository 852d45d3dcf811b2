package io.bulwark.http.gateway;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import io.bulwark.circuit.Outcome;
import io.bulwark.guard.Admission;
import io.bulwark.http.ratelimit.RateLimitHeaders;
import io.bulwark.http.server.Degraded;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** A call without a key: limited and circuit broken, streamed both ways, not recorded. */
final class UnkeyedCall {
    private final Means means;
    private final GuardedCall call;
    private final RequestBody body;

    UnkeyedCall(Means means, GuardedCall call, RequestBody body) {
        this.means = means;
        this.call = call;
        this.body = body;
    }

    CompletionStage<HttpResponse> run() {
        return Admissions.ask(means, call, Optional.empty(), Duration.ZERO, true)
                .thenCompose(this::follow);
    }

    private CompletionStage<HttpResponse> follow(Admission admission) {
        return switch (admission) {
            case Admission.Admitted admitted -> execute(new Permit(means.guards(), call.tenant(), admitted));
            case Admission.StoodIn(Admission answer) -> Degraded.stage(() -> follow(answer));
            case Admission.Limited limited -> throw GatewayProblems.limited(limited);
            case Admission.CircuitOpen open ->
                throw GatewayProblems.circuitOpen(
                        open, call.serviceName(), call.policy().legacyRateLimitHeaders());
            case Admission.Suspended suspended -> throw GatewayProblems.suspended(suspended, call.tenant());
            case Admission.Overloaded overloaded -> throw GatewayProblems.overloaded(overloaded, call.tenant());
            case Admission.UnknownTenant() -> throw GatewayProblems.unknownTenant(call.tenant());
            case Admission.FirstFinished _, Admission.StillInFlight _, Admission.KeyReused _ ->
                throw new IllegalStateException("The guard answered a call without a key with " + admission);
        };
    }

    private CompletionStage<HttpResponse> execute(Permit permit) {
        List<HttpHeader> limits = RateLimitHeaders.of(
                permit.admitted().limits(), permit.admitted().legacyHeaders());
        return means.delays()
                .after(permit.admitted().delay())
                .thenCompose(turn -> send(permit, limits))
                .whenComplete((response, failure) -> {
                    if (failure != null) {
                        permit.ignore();
                    }
                });
    }

    private CompletionStage<HttpResponse> send(Permit permit, List<HttpHeader> limits) {
        RequestBody.Streamed upload = body.stream();
        Instant begun = means.clock().instant();
        Outgoing outgoing = new Outgoing(call.forwarded(upload.entity()), call.pathAndQuery(), upload.end());
        return call.upstream().send(outgoing).thenApply(verdict -> switch (verdict) {
            case Verdict.Answered answered -> pass(answered, permit, limits);
            case Verdict.Busy() -> throw GatewayProblems.busy(limits, call.serviceName());
            case Verdict.Unreachable _ -> {
                permit.settle(Outcome.FAILURE, since(begun));
                throw GatewayProblems.unreachable(limits, call.serviceName(), true);
            }
            case Verdict.TimedOut _ -> {
                permit.settle(Outcome.FAILURE, since(begun));
                throw GatewayProblems.timedOut(limits, call.serviceName(), false);
            }
            case Verdict.BrokeOff _ -> throw brokeOff(upload, begun, permit, limits);
        });
    }

    /** The answer passes on; how the call ended is known when its body has. */
    private HttpResponse pass(Verdict.Answered answered, Permit permit, List<HttpHeader> limits) {
        means.metrics().serviceAnswered(since(answered.sentAt()));
        Outcome outcome = Admissions.outcome(answered.response().status().intValue());
        answered.bodyEnd().thenAccept(end -> permit.settle(outcome(outcome, end), since(answered.sentAt())));
        HttpResponse passed = Replay.passed(answered.response(), limits);
        OptionalLong length = answered.response().entity().getContentLengthOption();
        return call.request().method().name().equals("HEAD") && length.isPresent()
                ? passed.addHeader(new LengthOfHead(length.getAsLong()))
                : passed;
    }

    private static Outcome outcome(Outcome ofStatus, BodyEnd end) {
        return switch (end) {
            case COMPLETE, UNWANTED -> ofStatus;
            case BROKE_OFF, STALLED, TOO_LARGE -> Outcome.FAILURE;
        };
    }

    /** Who broke off? If the client's body did not arrive whole, it says nothing about the service. */
    private RuntimeException brokeOff(
            RequestBody.Streamed upload, Instant begun, Permit permit, List<HttpHeader> limits) {
        BodyEnd uploaded = upload.end().toCompletableFuture().getNow(BodyEnd.UNWANTED);
        return switch (uploaded) {
            case BROKE_OFF, STALLED, TOO_LARGE -> body.problem(uploaded);
            case COMPLETE, UNWANTED -> {
                permit.settle(Outcome.FAILURE, since(begun));
                yield GatewayProblems.brokeOff(limits, call.serviceName(), false);
            }
        };
    }

    private Duration since(Instant begun) {
        return Duration.between(begun, means.clock().instant());
    }
}
