package io.bulwark.persistence.ledger;

import static io.bulwark.idempotency.OperationState.CLAIMED;
import static io.bulwark.idempotency.OperationState.COMPLETED;
import static io.bulwark.idempotency.OperationState.RELEASED;
import static io.bulwark.idempotency.OperationState.UNKNOWN;

import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.Ledger.FindVerdict;
import io.bulwark.idempotency.Ledger.SettleVerdict;
import io.bulwark.idempotency.OperationId;
import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The diagram of {@link io.bulwark.idempotency.Ledger}, as pure functions of a row and a time of the database's clock. A
 * row that has expired is treated as absent, whether or not the sweeper has come by.
 *
 * <p>Who holds the latest token knows best: it may still complete, release or mark its operation after the lease has run
 * out, as long as nobody else has claimed or resolved it.
 */
final class Rules {
    private Rules() {}

    static Step<Row, ClaimVerdict> claim(Request.Claim claim, Optional<Row> row, Instant now, long freshToken) {
        Optional<Row> current = current(row, now);
        return current.isPresent()
                ? claimAgain(claim, current.get(), now, freshToken)
                : claimed(claim, blank(claim.id(), claim.wish().fingerprint(), claim.claimId(), now), now, freshToken);
    }

    private static Step<Row, ClaimVerdict> claimAgain(Request.Claim claim, Row row, Instant now, long freshToken) {
        if (!row.fingerprint().equals(claim.wish().fingerprint())) {
            return Step.of(new ClaimVerdict.Mismatch());
        }
        return switch (row.stateAt(now)) {
            case CLAIMED -> Step.of(inProgress(row, now));
            case COMPLETED -> Step.of(new ClaimVerdict.Completed(row.answer().orElseThrow()));
            case RELEASED -> claimed(claim, row, now, freshToken);
            case UNKNOWN ->
                claim.wish().retryUnknown()
                        ? claimed(claim, row, now, freshToken)
                        : Step.of(new ClaimVerdict.Unknown(row.unknownSince()));
        };
    }

    private static ClaimVerdict inProgress(Row row, Instant now) {
        Instant end = row.leaseUntil().orElseThrow();
        return new ClaimVerdict.InProgress(end, Duration.between(now, end));
    }

    private static Step<Row, ClaimVerdict> claimed(Request.Claim claim, Row row, Instant now, long freshToken) {
        Instant end = after(now, claim.wish().lease());
        Row claimed = row.claimed(
                freshToken,
                row.attempts() + 1,
                claim.claimId(),
                end,
                claim.wish().retention(),
                now);
        return new Step<>(List.of(claimed), new ClaimVerdict.Claimed(freshToken, end));
    }

    static Step<Row, SettleVerdict> complete(Request.Complete complete, Optional<Row> row, Instant now) {
        return underToken(row, complete.token(), now, held -> switch (held.stateAt(now)) {
            case CLAIMED, UNKNOWN ->
                settled(held.settled(COMPLETED, Optional.of(complete.answer()), complete.retention(), now));
            case COMPLETED -> held.answer().equals(Optional.of(complete.answer())) ? settledBefore() : stale();
            case RELEASED -> stale();
        });
    }

    static Step<Row, SettleVerdict> release(Request.Release release, Optional<Row> row, Instant now) {
        return underToken(row, release.token(), now, held -> switch (held.stateAt(now)) {
            case CLAIMED, UNKNOWN -> settled(released(held, now));
            case RELEASED -> settledBefore();
            case COMPLETED -> stale();
        });
    }

    static Step<Row, SettleVerdict> markUnknown(Request.MarkUnknown mark, Optional<Row> row, Instant now) {
        return underToken(row, mark.token(), now, held -> switch (held.state()) {
            case CLAIMED -> settled(held.settled(UNKNOWN, Optional.empty(), mark.retention(), now));
            case UNKNOWN -> settledBefore();
            case COMPLETED, RELEASED -> stale();
        });
    }

    static Step<Row, SettleVerdict> extend(Request.Extend extend, Optional<Row> row, Instant now) {
        return underToken(row, extend.token(), now, held -> switch (held.stateAt(now)) {
            case CLAIMED -> extended(held, after(now, extend.lease()), now);
            case UNKNOWN, COMPLETED, RELEASED -> stale();
        });
    }

    private static Step<Row, SettleVerdict> extended(Row held, Instant end, Instant now) {
        Row row = held.claimed(held.token(), held.attempts(), held.claimId(), end, held.retention(), now);
        return new Step<>(List.of(row), new SettleVerdict.Extended(end));
    }

    static Step<Row, SettleVerdict> resolve(Request.Resolve resolve, Optional<Row> row, Instant now) {
        return present(row, now, found -> switch (found.stateAt(now)) {
            case UNKNOWN ->
                settled(found.settled(
                        resolve.answer().isPresent() ? COMPLETED : RELEASED,
                        resolve.answer(),
                        resolve.retention(),
                        now));
            case CLAIMED, COMPLETED, RELEASED -> Step.of(new SettleVerdict.NotUnknown());
        });
    }

    /**
     * When the row is absent, one that has expired already is written in its place: the insert of the claim in doubt may
     * still be under way in a connection that was given up, and writing the same key waits for its end.
     */
    static Step<Row, SettleVerdict> withdraw(
            Request.Withdraw withdraw, Optional<Row> row, Instant now, long freshToken) {
        if (row.isEmpty()) {
            return settled(blank(withdraw.id(), withdraw.fingerprint(), withdraw.claimId(), now)
                    .claimed(freshToken, 1, withdraw.claimId(), now, Duration.ZERO, now)
                    .settled(RELEASED, Optional.empty(), Duration.ZERO, now));
        }
        Row found = row.get();
        boolean mine = found.claimId().equals(withdraw.claimId()) && found.state() == CLAIMED;
        return mine ? settled(released(found, now)) : settledBefore();
    }

    static Step<Row, FindVerdict> find(Optional<Row> row, Instant now) {
        return Step.of(current(row, now)
                .<FindVerdict>map(found -> new FindVerdict.Found(found.shownAt(now)))
                .orElseGet(FindVerdict.Absent::new));
    }

    /** In whole microseconds, which is what the database keeps. */
    static Instant after(Instant start, Duration duration) {
        return start.plus(duration).truncatedTo(ChronoUnit.MICROS);
    }

    private interface Held {
        Step<Row, SettleVerdict> decide(Row row);
    }

    private static Step<Row, SettleVerdict> underToken(Optional<Row> row, long token, Instant now, Held rule) {
        return present(row, now, found -> found.token() == token ? rule.decide(found) : stale());
    }

    private static Step<Row, SettleVerdict> present(Optional<Row> row, Instant now, Held rule) {
        return current(row, now).map(rule::decide).orElseGet(() -> Step.of(new SettleVerdict.Absent()));
    }

    private static Optional<Row> current(Optional<Row> row, Instant now) {
        return row.filter(found -> !found.expiredAt(now));
    }

    private static Row released(Row held, Instant now) {
        return held.settled(RELEASED, Optional.empty(), held.retention(), now);
    }

    private static Row blank(OperationId id, Fingerprint fingerprint, UUID claimId, Instant now) {
        return new Row(id, fingerprint, RELEASED, 0, 0, claimId, Optional.empty(), Optional.empty(), now, now, now);
    }

    private static Step<Row, SettleVerdict> settled(Row row) {
        return new Step<>(List.of(row), new SettleVerdict.Settled());
    }

    private static Step<Row, SettleVerdict> settledBefore() {
        return Step.of(new SettleVerdict.Settled());
    }

    private static Step<Row, SettleVerdict> stale() {
        return Step.of(new SettleVerdict.Stale());
    }
}
