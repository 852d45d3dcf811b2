package io.bulwark.persistence.ledger;

import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.Ledger.Operation;
import io.bulwark.idempotency.OperationId;
import io.bulwark.idempotency.OperationState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One operation as the table has it; times are the database's, in whole microseconds.
 *
 * @param state as written; see {@link #stateAt}
 * @param claimId of the latest claim
 * @param leaseUntil present when claimed
 * @param answer present when completed
 * @param expiresAt from then on the row is as good as absent; never before the lease's end
 */
record Row(
        OperationId id,
        Fingerprint fingerprint,
        OperationState state,
        long token,
        int attempts,
        UUID claimId,
        Optional<Instant> leaseUntil,
        Optional<Answer> answer,
        Instant createdAt,
        Instant changedAt,
        Instant expiresAt) {

    /** A claim whose lease has run out is unknown, though nobody has written that. */
    OperationState stateAt(Instant now) {
        boolean lapsed = leaseUntil.filter(end -> !now.isBefore(end)).isPresent();
        return lapsed ? OperationState.UNKNOWN : state;
    }

    /** Whether the row is as good as absent. */
    boolean expiredAt(Instant now) {
        return !now.isBefore(expiresAt);
    }

    /** Since when the outcome is unknown, given that it is. */
    Instant unknownSince() {
        return leaseUntil.orElse(changedAt);
    }

    /** How long the row is kept after its last change; the end of a lease counts as one. */
    Duration retention() {
        return Duration.between(leaseUntil.orElse(changedAt), expiresAt);
    }

    Row claimed(long newToken, int attempt, UUID newClaimId, Instant leaseEnd, Duration retention, Instant now) {
        return new Row(
                id,
                fingerprint,
                OperationState.CLAIMED,
                newToken,
                attempt,
                newClaimId,
                Optional.of(leaseEnd),
                Optional.empty(),
                createdAt,
                now,
                Rules.after(leaseEnd, retention));
    }

    /** Not claimed any more. */
    Row settled(OperationState newState, Optional<Answer> newAnswer, Duration retention, Instant now) {
        return new Row(
                id,
                fingerprint,
                newState,
                token,
                attempts,
                claimId,
                Optional.empty(),
                newAnswer,
                createdAt,
                now,
                Rules.after(now, retention));
    }

    Operation shownAt(Instant now) {
        return new Operation(
                id, stateAt(now), fingerprint, token, attempts, createdAt, changedAt, leaseUntil, expiresAt, answer);
    }
}
