package io.bulwark.http;

import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Ledger;
import io.bulwark.idempotency.OperationId;
import io.bulwark.idempotency.OperationState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A ledger in memory that follows the diagram of the port, and can be away. */
final class StandInLedger implements Ledger {
    private static final Duration SOON = Duration.ofMillis(1_500);

    volatile boolean away;
    private final InstantSource clock;
    private final Map<OperationId, Operation> rows = new HashMap<>();

    StandInLedger(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public CompletionStage<ClaimVerdict> claim(Claim claim) {
        return CompletableFuture.completedStage(
                away ? new ClaimVerdict.Unavailable("away", SOON) : claimNow(claim, current(claim.id())));
    }

    private synchronized ClaimVerdict claimNow(Claim claim, @Nullable Operation row) {
        if (row == null
                || (row.state() == OperationState.RELEASED && row.fingerprint().equals(claim.fingerprint()))) {
            return claimed(claim, row);
        }
        if (!row.fingerprint().equals(claim.fingerprint())) {
            return new ClaimVerdict.Mismatch();
        }
        return switch (row.state()) {
            case COMPLETED -> new ClaimVerdict.Completed(row.answer().orElseThrow());
            case CLAIMED -> inProgress(row.leaseUntil().orElseThrow());
            case UNKNOWN, RELEASED -> new ClaimVerdict.Unknown(row.changedAt());
        };
    }

    private ClaimVerdict inProgress(Instant leaseUntil) {
        return new ClaimVerdict.InProgress(leaseUntil, Duration.between(clock.instant(), leaseUntil));
    }

    private ClaimVerdict claimed(Claim claim, @Nullable Operation before) {
        Instant now = clock.instant();
        Instant until = now.plus(claim.lease());
        long token = before == null ? 1 : before.token() + 1;
        rows.put(
                claim.id(),
                new Operation(
                        claim.id(),
                        OperationState.CLAIMED,
                        claim.fingerprint(),
                        token,
                        before == null ? 1 : before.attempts() + 1,
                        before == null ? now : before.createdAt(),
                        now,
                        Optional.of(until),
                        now.plus(claim.retention()),
                        Optional.empty()));
        return new ClaimVerdict.Claimed(token, until);
    }

    @Override
    public CompletionStage<SettleVerdict> complete(OperationId id, long token, Answer answer, Duration retention) {
        return settle(id, row -> {
            if (row.state() == OperationState.COMPLETED && row.token() == token) {
                return row.answer().equals(Optional.of(answer))
                        ? new SettleVerdict.Settled()
                        : new SettleVerdict.Stale();
            }
            return fenced(row, token, OperationState.COMPLETED, Optional.of(answer));
        });
    }

    @Override
    public CompletionStage<SettleVerdict> release(OperationId id, long token) {
        return settle(id, row -> fenced(row, token, OperationState.RELEASED, Optional.empty()));
    }

    @Override
    public CompletionStage<SettleVerdict> markUnknown(OperationId id, long token, Duration retention) {
        return settle(id, row -> fenced(row, token, OperationState.UNKNOWN, Optional.empty()));
    }

    @Override
    public CompletionStage<SettleVerdict> extend(OperationId id, long token, Duration lease) {
        return settle(id, row -> {
            if (row.token() != token || row.state() != OperationState.CLAIMED) {
                return new SettleVerdict.Stale();
            }
            Instant until = clock.instant().plus(lease);
            put(row, OperationState.CLAIMED, Optional.of(until), row.answer());
            return new SettleVerdict.Extended(until);
        });
    }

    @Override
    public CompletionStage<SettleVerdict> resolve(OperationId id, Optional<Answer> answer, Duration retention) {
        return settle(id, row -> {
            if (row.state() != OperationState.UNKNOWN) {
                return new SettleVerdict.NotUnknown();
            }
            OperationState to = answer.isPresent() ? OperationState.COMPLETED : OperationState.RELEASED;
            put(row, to, Optional.empty(), answer);
            return new SettleVerdict.Settled();
        });
    }

    @Override
    public CompletionStage<FindVerdict> find(OperationId id) {
        Operation row = current(id);
        FindVerdict found = row == null ? new FindVerdict.Absent() : new FindVerdict.Found(row);
        return CompletableFuture.completedStage(away ? new FindVerdict.Unavailable("away", SOON) : found);
    }

    private CompletionStage<SettleVerdict> settle(OperationId id, Function<Operation, SettleVerdict> change) {
        Operation row = current(id);
        if (away) {
            return CompletableFuture.completedStage(new SettleVerdict.Unavailable("away", SOON));
        }
        return CompletableFuture.completedStage(row == null ? new SettleVerdict.Absent() : change.apply(row));
    }

    private SettleVerdict fenced(Operation row, long token, OperationState to, Optional<Answer> answer) {
        boolean open = row.state() == OperationState.CLAIMED
                || (row.state() == OperationState.UNKNOWN && to == OperationState.COMPLETED);
        if (row.token() != token || !open) {
            return new SettleVerdict.Stale();
        }
        put(row, to, Optional.empty(), answer);
        return new SettleVerdict.Settled();
    }

    private synchronized void put(
            Operation row, OperationState state, Optional<Instant> leaseUntil, Optional<Answer> answer) {
        rows.put(
                row.id(),
                new Operation(
                        row.id(),
                        state,
                        row.fingerprint(),
                        row.token(),
                        row.attempts(),
                        row.createdAt(),
                        clock.instant(),
                        leaseUntil,
                        row.expiresAt(),
                        answer));
    }

    /** A claim whose lease has run out is unknown. */
    private synchronized @Nullable Operation current(OperationId id) {
        Operation row = rows.get(id);
        if (row != null
                && row.state() == OperationState.CLAIMED
                && !clock.instant().isBefore(row.leaseUntil().orElseThrow())) {
            put(row, OperationState.UNKNOWN, Optional.empty(), Optional.empty());
        }
        return rows.get(id);
    }
}
