package io.bulwark.http.gateway;

import akka.http.javadsl.model.HttpHeader;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardSilentException;
import io.bulwark.http.idempotency.KeyHeader;
import io.bulwark.http.ratelimit.RateLimitHeaders;
import io.bulwark.http.server.Degraded;
import io.bulwark.http.server.Problem;
import io.bulwark.http.server.ProblemException;
import io.bulwark.idempotency.OperationId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;

/** Every way in which a guarded call is refused or fails, as the client sees it. */
final class GatewayProblems {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LATER = Duration.ofSeconds(30);

    private GatewayProblems() {}

    static ProblemException unknownService(Name service) {
        return Problem.notFound(
                        "unknown-service", "There is no service '" + service + "': check the path's second name.")
                .exception();
    }

    static ProblemException unknownTenant(Name tenant) {
        return Problem.notFound("unknown-tenant", "There is no tenant '" + tenant + "': check the path's first name.")
                .exception();
    }

    static ProblemException keyMissing(Name service, String method) {
        return Problem.badRequest(
                        "idempotency-key-missing",
                        "The service '" + service + "' requires " + KeyHeader.NAME + " with " + method
                                + ": send one that is new for each operation and the same for each retry of it.")
                .exception();
    }

    static ProblemException keyMalformed(String why) {
        return Problem.badRequest(
                        "idempotency-key-malformed",
                        why + " Send " + KeyHeader.NAME + " once, as \"…\" with 1 to 255 visible ASCII characters.")
                .exception();
    }

    static ProblemException bodyTooLarge(long bytesMax) {
        return Problem.of(
                        413,
                        "body-too-large",
                        "The request is not valid",
                        "The body is larger than " + bytesMax + " bytes, the most that is taken: send less.")
                .exception();
    }

    static ProblemException bodyTooSlow(Duration within) {
        return Problem.of(
                        408,
                        "request-too-slow",
                        "The request is not valid",
                        "The body of the request did not arrive within " + within + ": send it again, faster.")
                .exception();
    }

    static ProblemException bodyBrokeOff() {
        return Problem.badRequest(
                        "body-incomplete", "The connection ended before the body did: send the request again.")
                .exception();
    }

    /** No answer came from the guard; a {@link GuardSilentException} says why none came in its place either. */
    static ProblemException guardUnavailable(Name tenant, Duration within, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof GuardSilentException silent
                ? Degraded.mark(guardSilent(tenant, silent.why()))
                : guardUnavailable(tenant, within);
    }

    private static ProblemException guardSilent(Name tenant, GuardSilentException.Why why) {
        return Problem.unavailable(
                        "guard-unavailable",
                        "The tenant's guard does not answer",
                        "The guard of '" + tenant + "' does not answer, and " + why.words()
                                + "; nothing was sent to the service. Try again.",
                        SOON)
                .exception();
    }

    private static ProblemException guardUnavailable(Name tenant, Duration within) {
        return Problem.unavailable(
                        "guard-unavailable",
                        "The tenant's guard does not answer",
                        "The guard of '" + tenant + "' did not answer within " + within
                                + "; nothing was sent to the service. Try again.",
                        SOON)
                .exception();
    }

    static ProblemException limited(Admission.Limited limited) {
        List<String> violated = limited.violated().stream().map(Name::value).toList();
        Problem problem = Problem.of(
                        429,
                        "quota-exceeded",
                        "A limit is reached",
                        "No quota is left of " + String.join(", ", violated) + ": try again after Retry-After.")
                .with("violated-policies", violated)
                .withRetryAfter(limited.retryAfter());
        return new ProblemException(problem, RateLimitHeaders.of(limited.limits(), limited.legacyHeaders()));
    }

    static ProblemException circuitOpen(Admission.CircuitOpen open, Name service, boolean legacy) {
        Problem problem = Problem.unavailable(
                "circuit-open",
                "The circuit to the service is open",
                "The service '" + service + "' failed too often for this tenant; nothing was sent to it and nothing is"
                        + " claimed. Try again after Retry-After.",
                open.retryAfter());
        return new ProblemException(problem, RateLimitHeaders.of(open.limits(), legacy));
    }

    static ProblemException inFlight(List<HttpHeader> limits, Duration retryAfter) {
        Problem problem = Problem.conflict(
                        "operation-in-flight",
                        "The operation is in flight",
                        "A call with this key is being executed: try again after Retry-After with the same key.")
                .withRetryAfter(retryAfter);
        return new ProblemException(problem, limits);
    }

    static ProblemException keyReused(List<HttpHeader> limits) {
        Problem problem = Problem.of(
                422,
                "idempotency-key-reused",
                "The key stands for another request",
                "This key was used with another method, path, query, content type or body: use a new key for a new"
                        + " operation.");
        return new ProblemException(problem, limits);
    }

    static ProblemException suspended(Admission.Suspended suspended, Name tenant) {
        return switch (suspended.status()) {
            case MAINTENANCE ->
                Problem.unavailable(
                                "maintenance",
                                "The tenant is in maintenance",
                                "Calls of '" + tenant + "' are not let through during maintenance. Try again later.",
                                LATER)
                        .exception();
            case QUARANTINED, ACTIVE ->
                Problem.unavailable(
                                "tenant-quarantined",
                                "The tenant is quarantined",
                                "Calls of '" + tenant + "' are not let through until an operator says otherwise.",
                                LATER)
                        .exception();
        };
    }

    static ProblemException overloaded(Admission.Overloaded overloaded, Name tenant) {
        return Problem.unavailable(
                        "guard-overloaded",
                        "The tenant has too many calls in flight",
                        "'" + tenant + "' has as many calls in flight as its guard keeps. Try again after Retry-After.",
                        overloaded.retryAfter())
                .exception();
    }

    static ProblemException outcomeUnknown(List<HttpHeader> limits, OperationId id, Instant since) {
        Problem problem = Problem.conflict(
                        "operation-outcome-unknown",
                        "It is not known whether the operation was executed",
                        "The call under this key was sent and never answered. It is not sent again by itself: find out at"
                                + " the service, then have the operation resolved, or use a new key.")
                .with("key", id.key().value())
                .with("since", since.toString());
        return new ProblemException(problem, limits);
    }

    static ProblemException answerNotKept(List<HttpHeader> limits, int status) {
        Problem problem = Problem.conflict(
                        "answer-not-kept",
                        "The operation was executed and its answer is not kept",
                        "The operation under this key was executed, and is not executed again. Its answer was larger than"
                                + " what is recorded for the service: read the result where the service keeps it.")
                .with("recordedStatus", status);
        return new ProblemException(problem, limits);
    }

    static ProblemException ledgerUnavailable(List<HttpHeader> limits, Duration retryAfter) {
        Problem problem = Problem.unavailable(
                "ledger-unavailable",
                "The ledger cannot be asked",
                "The record of operations cannot be asked; nothing was sent to the service. Try again with the same key.",
                retryAfter);
        return new ProblemException(problem, limits);
    }

    static ProblemException notRecordedYet(List<HttpHeader> limits) {
        Problem problem = Problem.unavailable(
                "ledger-unavailable",
                "The outcome is not recorded yet",
                "The service answered, and the outcome is still being recorded. Try again with the same key: it is not"
                        + " executed twice.",
                SOON);
        return new ProblemException(problem, limits);
    }

    static ProblemException busy(List<HttpHeader> limits, Name service) {
        Problem problem = Problem.unavailable(
                "service-busy",
                "Too many calls are in flight to the service",
                "This node has as many calls with '" + service
                        + "' as its maxInFlight allows; nothing was sent. Try again.",
                SOON);
        return new ProblemException(problem, limits);
    }

    static ProblemException unreachable(List<HttpHeader> limits, Name service, boolean released) {
        String claim = released
                ? " A retry executes it."
                : " That could not be recorded, so that a retry with the same key may be told that its outcome is unknown.";
        Problem problem = Problem.of(
                        502,
                        "service-unreachable",
                        "The service could not be reached",
                        "No connection to '" + service + "' could be made; nothing was sent." + claim)
                .withRetryAfter(SOON);
        return new ProblemException(problem, limits);
    }

    static ProblemException timedOut(List<HttpHeader> limits, Name service, boolean keyed) {
        Problem problem = Problem.of(
                504,
                "service-timeout",
                "The service did not answer in time",
                "'" + service + "' was sent the call and did not answer in time. " + unknown(keyed));
        return new ProblemException(problem, limits);
    }

    static ProblemException brokeOff(List<HttpHeader> limits, Name service, boolean keyed) {
        Problem problem = Problem.of(
                502,
                "service-broke-off",
                "The service broke off",
                "'" + service + "' was sent the call and broke off before its answer was whole. " + unknown(keyed));
        return new ProblemException(problem, limits);
    }

    private static String unknown(boolean keyed) {
        return keyed
                ? "Whether it was executed is recorded as unknown; it is not sent again by itself."
                : "Whether it was executed is not known.";
    }
}
