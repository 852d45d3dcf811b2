package io.bulwark.persistence.ledger;

import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.Ledger;
import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.Ledger.FindVerdict;
import io.bulwark.idempotency.Ledger.SettleVerdict;
import io.bulwark.idempotency.OperationId;
import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One thing that is asked of the ledger.
 *
 * @param <V> what it is answered with
 */
sealed interface Request<V> {
    OperationId id();

    /**
     * What comes of it, given the row as it stands; the events of the step are the row as it is to stand.
     *
     * @param freshToken higher than every token given before
     */
    Step<Row, V> decide(Optional<Row> row, Instant now, long freshToken);

    /** The answer when the database cannot be asked. */
    V unavailable(String why, Duration retryAfter);

    /** What becomes of it while the database is away. */
    WhileAway whileAway();

    /** Whether it may need a fresh token. */
    default boolean takesToken() {
        return false;
    }

    /** What becomes of a request while the database is away. */
    enum WhileAway {
        /** Answered at once, and forgotten. */
        REFUSED,
        /** Answered at once, and done all the same as soon as it can be. */
        REFUSED_AND_KEPT,
        /** Done and answered as soon as it can be. */
        KEPT
    }

    /** A request whose common case one statement can decide and write, without reading the row first. */
    sealed interface Direct<V> extends Request<V> {
        /**
         * What comes of it when that statement has written its row.
         *
         * @param token of the row as written
         * @param at when, by the database's clock
         */
        V written(long token, Instant at);
    }

    /** {@link Ledger#claim}. */
    record Claim(Ledger.Claim wish, UUID claimId) implements Direct<ClaimVerdict> {
        @Override
        public OperationId id() {
            return wish.id();
        }

        @Override
        public boolean takesToken() {
            return true;
        }

        @Override
        public Step<Row, ClaimVerdict> decide(Optional<Row> row, Instant now, long freshToken) {
            return Rules.claim(this, row, now, freshToken);
        }

        @Override
        public ClaimVerdict written(long token, Instant at) {
            return Rules.claim(this, Optional.empty(), at, token).verdict();
        }

        @Override
        public ClaimVerdict unavailable(String why, Duration retryAfter) {
            return new ClaimVerdict.Unavailable(why, retryAfter);
        }

        @Override
        public WhileAway whileAway() {
            return WhileAway.REFUSED;
        }
    }

    /** A request that settles or prolongs a claim. */
    sealed interface Settling extends Request<SettleVerdict> {
        @Override
        default SettleVerdict unavailable(String why, Duration retryAfter) {
            return new SettleVerdict.Unavailable(why, retryAfter);
        }
    }

    /** {@link Ledger#complete}. */
    record Complete(OperationId id, long token, Answer answer, Duration retention)
            implements Settling, Direct<SettleVerdict> {
        @Override
        public Step<Row, SettleVerdict> decide(Optional<Row> row, Instant now, long freshToken) {
            return Rules.complete(this, row, now);
        }

        @Override
        public SettleVerdict written(long token, Instant at) {
            return new SettleVerdict.Settled();
        }

        @Override
        public WhileAway whileAway() {
            return WhileAway.KEPT;
        }
    }

    /** {@link Ledger#release}: if it were forgotten, a retry would find an unknown outcome where nothing was done. */
    record Release(OperationId id, long token) implements Settling {
        @Override
        public Step<Row, SettleVerdict> decide(Optional<Row> row, Instant now, long freshToken) {
            return Rules.release(this, row, now);
        }

        @Override
        public WhileAway whileAway() {
            return WhileAway.REFUSED_AND_KEPT;
        }
    }

    /** {@link Ledger#markUnknown}. */
    record MarkUnknown(OperationId id, long token, Duration retention) implements Settling {
        @Override
        public Step<Row, SettleVerdict> decide(Optional<Row> row, Instant now, long freshToken) {
            return Rules.markUnknown(this, row, now);
        }

        @Override
        public WhileAway whileAway() {
            return WhileAway.KEPT;
        }
    }

    /** {@link Ledger#extend}. */
    record Extend(OperationId id, long token, Duration lease) implements Settling {
        @Override
        public Step<Row, SettleVerdict> decide(Optional<Row> row, Instant now, long freshToken) {
            return Rules.extend(this, row, now);
        }

        @Override
        public WhileAway whileAway() {
            return WhileAway.REFUSED;
        }
    }

    /** {@link Ledger#resolve}. */
    record Resolve(OperationId id, Optional<Answer> answer, Duration retention) implements Settling {
        @Override
        public Step<Row, SettleVerdict> decide(Optional<Row> row, Instant now, long freshToken) {
            return Rules.resolve(this, row, now);
        }

        @Override
        public WhileAway whileAway() {
            return WhileAway.REFUSED;
        }
    }

    /**
     * Takes back a claim whose commit was in doubt: its caller was told that nothing may be executed, so a row that it
     * left would become a false unknown outcome.
     */
    record Withdraw(OperationId id, Fingerprint fingerprint, UUID claimId) implements Settling {
        @Override
        public boolean takesToken() {
            return true;
        }

        @Override
        public Step<Row, SettleVerdict> decide(Optional<Row> row, Instant now, long freshToken) {
            return Rules.withdraw(this, row, now, freshToken);
        }

        @Override
        public WhileAway whileAway() {
            return WhileAway.KEPT;
        }
    }

    /** {@link Ledger#find}. */
    record Find(OperationId id) implements Request<FindVerdict> {
        @Override
        public Step<Row, FindVerdict> decide(Optional<Row> row, Instant now, long freshToken) {
            return Rules.find(row, now);
        }

        @Override
        public FindVerdict unavailable(String why, Duration retryAfter) {
            return new FindVerdict.Unavailable(why, retryAfter);
        }

        @Override
        public WhileAway whileAway() {
            return WhileAway.REFUSED;
        }
    }
}
