package io.bulwark.idempotency;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The durable record of operations, and their only arbiter: the primary key (tenant, key) makes two claims of one
 * operation impossible, and the token fences out everyone but the latest claimant.
 *
 * <pre>
 *   (absent) --claim--> claimed --complete--> completed
 *   claimed  --release--> released --claim--> claimed (higher token)
 *   claimed  --markUnknown, or the lease runs out--> unknown --complete (same token)--> completed
 *   unknown  --resolve--> completed | released;   unknown --claim with retryUnknown--> claimed (higher token)
 *   any but a live claim --retention runs out--> (absent)
 * </pre>
 *
 * No method throws for what the ledger can answer; a stage fails only for a programming error. Every verdict other than
 * {@code Unavailable} is durable when it is given.
 */
public interface Ledger {
    /** Claims the right to execute. */
    CompletionStage<ClaimVerdict> claim(Claim claim);

    /**
     * Records the answer. When the database is away this keeps trying until the claim's lease would be over, so that a
     * known answer is not lost to a short outage; the caller bounds its own waiting.
     */
    CompletionStage<SettleVerdict> complete(OperationId id, long token, Answer answer, Duration retention);

    /** Gives the right back: the work was not done. */
    CompletionStage<SettleVerdict> release(OperationId id, long token);

    /** Says that nobody knows whether the work was done. Kept trying like {@link #complete}. */
    CompletionStage<SettleVerdict> markUnknown(OperationId id, long token, Duration retention);

    /** Makes the lease run from now; the new end is in {@link SettleVerdict.Extended}. */
    CompletionStage<SettleVerdict> extend(OperationId id, long token, Duration lease);

    /** An operator says how an unknown outcome ended: with this answer, or, if there is none, not at all. */
    CompletionStage<SettleVerdict> resolve(OperationId id, Optional<Answer> answer, Duration retention);

    /** What is known of an operation. */
    CompletionStage<FindVerdict> find(OperationId id);

    /**
     * A wish to execute.
     *
     * @param lease from the database's clock
     * @param retention after which, counted from the last change, the key is free again
     * @param retryUnknown whether an operation of unknown outcome may be claimed again, because the service is itself
     *     idempotent
     */
    record Claim(OperationId id, Fingerprint fingerprint, Duration lease, Duration retention, boolean retryUnknown) {}

    /** What came of a claim. */
    sealed interface ClaimVerdict {
        /** Yours to execute, under this token, until this instant of the database's clock. */
        record Claimed(long token, Instant leaseUntil) implements ClaimVerdict {}

        /** Executed before. */
        record Completed(Answer answer) implements ClaimVerdict {}

        /** Somebody is at it. */
        record InProgress(Instant leaseUntil, Duration leaseLeft) implements ClaimVerdict {}

        /** The key stands for another request. */
        record Mismatch() implements ClaimVerdict {}

        /** Somebody was at it and nobody knows how it ended. */
        record Unknown(Instant since) implements ClaimVerdict {}

        /** The ledger could not be asked, or is full; nothing may be executed. */
        record Unavailable(String why, Duration retryAfter) implements ClaimVerdict {}
    }

    /** What came of settling a claim. */
    sealed interface SettleVerdict {
        /** Done, or done before in the same way. */
        record Settled() implements SettleVerdict {}

        /** Done: the lease now ends here. */
        record Extended(Instant leaseUntil) implements SettleVerdict {}

        /** The token is not the operation's latest, or the operation is no longer claimed under it. */
        record Stale() implements SettleVerdict {}

        /** Only for {@link Ledger#resolve}: the outcome is not unknown. */
        record NotUnknown() implements SettleVerdict {}

        /** There is no such operation. */
        record Absent() implements SettleVerdict {}

        /** The ledger could not be asked, or is full. */
        record Unavailable(String why, Duration retryAfter) implements SettleVerdict {}
    }

    /** What is known of an operation. */
    sealed interface FindVerdict {
        /** It is there. */
        record Found(Operation operation) implements FindVerdict {}

        /** It is not there. */
        record Absent() implements FindVerdict {}

        /** The ledger could not be asked. */
        record Unavailable(String why, Duration retryAfter) implements FindVerdict {}
    }

    /**
     * One row of the ledger.
     *
     * @param state as of the database's clock: a claim whose lease has run out is {@link OperationState#UNKNOWN}
     * @param attempts how many times it was claimed, from 1
     * @param answer present when completed
     */
    record Operation(
            OperationId id,
            OperationState state,
            Fingerprint fingerprint,
            long token,
            int attempts,
            Instant createdAt,
            Instant changedAt,
            Optional<Instant> leaseUntil,
            Instant expiresAt,
            Optional<Answer> answer) {}
}
