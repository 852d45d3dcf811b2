package io.bulwark.http.gateway;

import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Fingerprint;
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
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A ledger in memory that follows the diagram of the port, and can be made to stand still or be away. */
final class FakeLedger implements Ledger {
    private final InstantSource clock;
    private final Map<OperationId, Row> rows = new HashMap<>();
    private volatile CompletableFuture<?> gate = CompletableFuture.completedFuture("open");
    private volatile CompletableFuture<?> claimGate = CompletableFuture.completedFuture("open");
    private volatile boolean away;

    FakeLedger(InstantSource clock) {
        this.clock = clock;
    }

    /** From now on nothing that settles is answered until the gate opens; it takes effect then. */
    void holdSettling(CompletableFuture<?> until) {
        gate = until;
    }

    /** From now on no claim is answered until the gate opens; it is made then. */
    void holdClaims(CompletableFuture<?> until) {
        claimGate = until;
    }

    /** Whether the database is away. */
    void away(boolean now) {
        away = now;
    }

    Optional<OperationState> state(OperationId id) {
        synchronized (rows) {
            return Optional.ofNullable(rows.get(id)).map(row -> row.state(clock.instant()));
        }
    }

    Optional<Answer> answer(OperationId id) {
        synchronized (rows) {
            return Optional.ofNullable(rows.get(id)).flatMap(Row::answer);
        }
    }

    @Override
    public CompletionStage<ClaimVerdict> claim(Claim claim) {
        return claimGate.thenComposeAsync(opened ->
                later(() -> away ? new ClaimVerdict.Unavailable("away", Duration.ofSeconds(1)) : claimNow(claim)));
    }

    @Override
    public CompletionStage<SettleVerdict> complete(OperationId id, long token, Answer answer, Duration retention) {
        return settle(
                id, token, row -> row.settled(OperationState.COMPLETED, Optional.of(answer), clock.instant()), true);
    }

    @Override
    public CompletionStage<SettleVerdict> release(OperationId id, long token) {
        return settle(id, token, row -> row.settled(OperationState.RELEASED, Optional.empty(), clock.instant()), false);
    }

    @Override
    public CompletionStage<SettleVerdict> markUnknown(OperationId id, long token, Duration retention) {
        return settle(id, token, row -> row.settled(OperationState.UNKNOWN, Optional.empty(), clock.instant()), false);
    }

    @Override
    public CompletionStage<SettleVerdict> extend(OperationId id, long token, Duration lease) {
        throw new UnsupportedOperationException("The gateway does not extend");
    }

    @Override
    public CompletionStage<SettleVerdict> resolve(OperationId id, Optional<Answer> answer, Duration retention) {
        OperationState state = answer.isPresent() ? OperationState.COMPLETED : OperationState.RELEASED;
        return later(() -> {
            rows.computeIfPresent(id, (key, row) -> row.settled(state, answer, clock.instant()));
            return new SettleVerdict.Settled();
        });
    }

    @Override
    public CompletionStage<FindVerdict> find(OperationId id) {
        return later(() -> {
            Row row = rows.get(id);
            return away
                    ? new FindVerdict.Unavailable("away", Duration.ofSeconds(1))
                    : row == null
                            ? new FindVerdict.Absent()
                            : new FindVerdict.Found(row.operation(id, clock.instant()));
        });
    }

    private ClaimVerdict claimNow(Claim claim) {
        Instant now = clock.instant();
        Row row = rows.get(claim.id());
        if (row == null) {
            return put(claim, 1, now);
        }
        if (!row.fingerprint.equals(claim.fingerprint())) {
            return new ClaimVerdict.Mismatch();
        }
        return switch (row.state(now)) {
            case CLAIMED -> new ClaimVerdict.InProgress(row.leaseUntil, Duration.between(now, row.leaseUntil));
            case COMPLETED -> new ClaimVerdict.Completed(row.answer.orElseThrow());
            case RELEASED -> put(claim, row.token + 1, now);
            case UNKNOWN ->
                claim.retryUnknown() ? put(claim, row.token + 1, now) : new ClaimVerdict.Unknown(row.changedAt);
        };
    }

    private ClaimVerdict put(Claim claim, long token, Instant now) {
        Row row = new Row(
                claim.fingerprint(), token, OperationState.CLAIMED, now.plus(claim.lease()), now, Optional.empty());
        rows.put(claim.id(), row);
        return new ClaimVerdict.Claimed(token, row.leaseUntil);
    }

    private CompletionStage<SettleVerdict> settle(
            OperationId id, long token, UnaryOperator<Row> change, boolean evenUnknown) {
        return gate.thenComposeAsync(opened -> later(() -> {
            Row row = rows.get(id);
            if (away) {
                return new SettleVerdict.Unavailable("away", Duration.ofSeconds(1));
            }
            if (row == null) {
                return new SettleVerdict.Absent();
            }
            OperationState state = row.state(clock.instant());
            boolean mine = state == OperationState.CLAIMED || (evenUnknown && state == OperationState.UNKNOWN);
            if (row.token != token || !mine) {
                return new SettleVerdict.Stale();
            }
            rows.put(id, change.apply(row));
            return new SettleVerdict.Settled();
        }));
    }

    private <V> CompletionStage<V> later(Supplier<V> work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    synchronized (rows) {
                        return work.get();
                    }
                },
                ForkJoinPool.commonPool());
    }

    private record Row(
            Fingerprint fingerprint,
            long token,
            OperationState state,
            Instant leaseUntil,
            Instant changedAt,
            Optional<Answer> answer) {
        OperationState state(Instant now) {
            return state == OperationState.CLAIMED && now.isAfter(leaseUntil) ? OperationState.UNKNOWN : state;
        }

        Row settled(OperationState next, Optional<Answer> with, Instant now) {
            return new Row(fingerprint, token, next, leaseUntil, now, with);
        }

        Operation operation(OperationId id, Instant now) {
            return new Operation(
                    id,
                    state(now),
                    fingerprint,
                    token,
                    (int) token,
                    changedAt,
                    changedAt,
                    Optional.of(leaseUntil),
                    leaseUntil,
                    answer);
        }
    }
}
