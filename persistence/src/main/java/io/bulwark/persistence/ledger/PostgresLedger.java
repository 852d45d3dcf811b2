package io.bulwark.persistence.ledger;

import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Ledger;
import io.bulwark.idempotency.OperationId;
import io.bulwark.persistence.database.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledger of a node: every operation goes through one of a few lanes, which commit what has come together.
 *
 * <p>Tokens are taken from one sequence, so they grow with every claim of a key and are never given twice, not even
 * after the key's row has expired and was deleted; they are not consecutive.
 */
public final class PostgresLedger implements Ledger, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PostgresLedger.class);

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(1);
    private static final Duration SWEEP_WITHIN = Duration.ofSeconds(30);

    private final LedgerSettings settings;
    private final Counters counters = new Counters();
    private final List<Lane> lanes = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Sweeper sweeper;
    private final long claimIdHigh;
    private final AtomicLong claimIdLow = new AtomicLong();
    private final Supplier<Executor> tellers;

    private PostgresLedger(
            Database database, LedgerSettings settings, RandomGenerator random, Supplier<Executor> tellers) {
        this.settings = settings;
        this.tellers = tellers;
        this.sweeper =
                new Sweeper(database.connections("ledger-sweeper", CONNECT_WITHIN, SWEEP_WITHIN), settings, counters);
        DataSource connections = database.connections("ledger", CONNECT_WITHIN, settings.answerWithin());
        this.claimIdHigh = random.nextLong();
        for (int i = 0; i < settings.lanes(); i++) {
            String name = "ledger's lane " + i;
            Lane lane = new Lane(name, new LaneConnection(connections, settings.answerWithin()), settings, counters);
            lanes.add(lane);
            threads.add(Thread.ofPlatform().daemon().name("bulwark-ledger-" + i).start(lane));
        }
        sweeper.start();
    }

    /**
     * Opens the ledger; the schema must be there, the database itself may be away.
     *
     * @param random tells this node's claims from those of others; must not repeat between starts
     * @param current asked by whoever asks the ledger, in its thread: what gives it the verdict, if it wants a certain
     *     thread for it; a virtual one does otherwise, and when that one is gone
     */
    public static PostgresLedger open(
            Database database,
            LedgerSettings settings,
            RandomGenerator random,
            Supplier<? extends Optional<? extends Executor>> current) {
        Executor anyone = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("bulwark-ledger-verdict-", 0).factory());
        return new PostgresLedger(
                database,
                settings,
                random,
                () -> current.get().<Executor>map(one -> orElse(one, anyone)).orElse(anyone));
    }

    private static Executor orElse(Executor first, Executor other) {
        return task -> {
            try {
                first.execute(task);
            } catch (RejectedExecutionException itIsGone) {
                other.execute(task);
            }
        };
    }

    @Override
    public CompletionStage<ClaimVerdict> claim(Claim claim) {
        return submit(new Request.Claim(claim, new UUID(claimIdHigh, claimIdLow.incrementAndGet())));
    }

    @Override
    public CompletionStage<SettleVerdict> complete(OperationId id, long token, Answer answer, Duration retention) {
        return submit(new Request.Complete(id, token, answer, retention));
    }

    @Override
    public CompletionStage<SettleVerdict> release(OperationId id, long token) {
        return submit(new Request.Release(id, token));
    }

    @Override
    public CompletionStage<SettleVerdict> markUnknown(OperationId id, long token, Duration retention) {
        return submit(new Request.MarkUnknown(id, token, retention));
    }

    @Override
    public CompletionStage<SettleVerdict> extend(OperationId id, long token, Duration lease) {
        return submit(new Request.Extend(id, token, lease));
    }

    @Override
    public CompletionStage<SettleVerdict> resolve(OperationId id, Optional<Answer> answer, Duration retention) {
        return submit(new Request.Resolve(id, answer, retention));
    }

    @Override
    public CompletionStage<FindVerdict> find(OperationId id) {
        return submit(new Request.Find(id));
    }

    private <V> CompletionStage<V> submit(Request<V> request) {
        Pending<V> pending =
                Pending.of(request, System.nanoTime() + settings.keepFor().toNanos(), tellers.get());
        lanes.get(Math.floorMod(request.id().hashCode(), lanes.size())).submit(pending);
        return pending.verdict();
    }

    /** Whether every lane finds the database there; looked at each second even when nothing is asked. */
    public boolean available() {
        return lanes.stream().allMatch(Lane::available);
    }

    /** Where the ledger stands, for metrics. */
    public LedgerMetrics metrics() {
        return new LedgerMetrics(
                available(),
                lanes.stream().mapToLong(Lane::depth).sum(),
                counters.waitingBytes.get(),
                counters.commits.sum(),
                counters.commitNanos.sum(),
                counters.operations.sum(),
                counters.refused.sum(),
                counters.outages.sum(),
                counters.swept.sum());
    }

    /**
     * Deletes expired rows now, as the sweeper does by itself.
     *
     * @return how many
     * @throws SQLException when the database cannot be asked
     */
    public long sweepOnce() throws SQLException {
        return sweeper.sweep();
    }

    /** Takes nothing new, answers what is queued for at most {@link LedgerSettings#closeWithin}, refuses the rest. */
    @Override
    public void close() {
        sweeper.close();
        long by = System.nanoTime() + settings.closeWithin().toNanos();
        lanes.forEach(lane -> lane.close(by));
        try {
            for (Thread thread : threads) {
                thread.join(settings.closeWithin().plus(settings.answerWithin()).plus(CONNECT_WITHIN));
            }
        } catch (InterruptedException interrupted) {
            threads.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
        } finally {
            log.info(
                    "The ledger is closed; {} operations in {} commits",
                    counters.operations.sum(),
                    counters.commits.sum());
        }
    }
}
