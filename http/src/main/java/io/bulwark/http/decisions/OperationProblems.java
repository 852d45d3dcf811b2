package io.bulwark.http.decisions;

import io.bulwark.http.server.Problem;
import java.time.Duration;
import java.time.Instant;

/** Every way in which the routes of operations refuse. */
final class OperationProblems {
    private static final Duration SOON = Duration.ofSeconds(1);

    private OperationProblems() {}

    static Problem inFlight(Instant leaseUntil) {
        return Problem.conflict(
                        "operation-in-flight",
                        "The operation is in flight",
                        "Somebody else has claimed this key and not completed it: try again after Retry-After.")
                .with("state", "claimed")
                .with("leaseUntil", leaseUntil)
                .withRetryAfter(SOON);
    }

    static Problem outcomeUnknown(Instant since) {
        return Problem.conflict(
                        "operation-outcome-unknown",
                        "It is not known whether the operation was executed",
                        "The lease of the last claim ran out without an answer: find out whether the work was done, then"
                                + " have an operator resolve the operation.")
                .with("state", "unknown")
                .with("since", since);
    }

    static Problem keyReused() {
        return Problem.of(
                422,
                "idempotency-key-reused",
                "The key stands for another request",
                "This key was claimed with another fingerprint: use a new key for a new operation.");
    }

    static Problem tokenStale() {
        return Problem.conflict(
                "token-stale",
                "The claim is not yours any more",
                "The operation has a later claim, or is settled: do not act on this token, and look at the operation.");
    }

    static Problem outcomeKnown() {
        return Problem.conflict(
                "operation-outcome-known",
                "The outcome is not unknown",
                "Only an operation whose outcome is unknown can be resolved: look at the operation.");
    }

    static Problem unknownOperation() {
        return Problem.notFound(
                "unknown-operation",
                "There is no operation under this key: it was never claimed, or its retention is over.");
    }

    static Problem ledgerUnavailable(Duration retryAfter) {
        return Problem.unavailable(
                "ledger-unavailable",
                "The ledger cannot be asked",
                "The record of operations cannot be asked, or is full: nothing may be executed. Try again with the same"
                        + " key.",
                retryAfter);
    }

    static Problem notRecordedYet() {
        return Problem.unavailable(
                "ledger-unavailable",
                "The outcome is not recorded yet",
                "What was sent is still being recorded: send the same again until it is confirmed.",
                SOON);
    }
}
