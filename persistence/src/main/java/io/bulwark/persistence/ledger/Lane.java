package io.bulwark.persistence.ledger;

import io.bulwark.idempotency.Ledger.SettleVerdict;
import io.bulwark.persistence.ledger.Pending.Decided;
import io.bulwark.persistence.ledger.Request.WhileAway;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One group committer: a thread that takes what has queued up while it committed the batch before.
 *
 * <pre>
 *   open --database fails--> away --database answers--> open
 *   open | away --close--> ended, when all is answered or the time is over
 * </pre>
 *
 * <p>While away, what is not worth waiting is refused at once, and the rest is kept until its deadline. A commit that
 * broke off may have happened: its completions are simply done again (the same token and answer settle twice), and its
 * claims, which were refused, are withdrawn as soon as the database is back. At most as many are kept as may queue; a
 * withdrawal beyond that is dropped, and its key then shows an unknown outcome when the lease has run out.
 */
final class Lane implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Lane.class);
    private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** So that many large answers do not make one huge statement; it may be more by one answer. */
    private static final long BATCH_BYTES_MAX = 16 << 20;

    private static final long IDLE_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
    private static final long PROBE_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);
    /** Each try for a row that another transaction holds costs the lane its lock timeout. */
    private static final long BUSY_ROW_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Duration RETRY_WHEN_FULL = Duration.ofMillis(100);
    private static final Duration RETRY_WHEN_AWAY = Duration.ofSeconds(1);
    private static final String CLOSED = "the ledger of this node is closing";

    private final String name;
    private final LaneConnection connection;
    private final LedgerSettings settings;
    private final Counters counters;
    private final BlockingQueue<Pending<?>> queue;
    /** Only this lane's thread touches it. */
    private final Deque<Pending<?>> kept = new ArrayDeque<>();

    private long keptNotBefore = System.nanoTime();
    private long lastContact = System.nanoTime();
    private long probeNanos = PROBE_NANOS;
    /** Since the database came back no batch was committed. */
    private boolean unproven;

    private volatile boolean contacted;
    private volatile boolean away;
    private volatile String why = "";
    private volatile int keptCount;
    private volatile boolean closing;
    private volatile boolean ended;
    private volatile long closeBy;

    Lane(String name, LaneConnection connection, LedgerSettings settings, Counters counters) {
        this.name = name;
        this.connection = connection;
        this.settings = settings;
        this.counters = counters;
        this.queue = new ArrayBlockingQueue<>(settings.queueMax());
    }

    boolean available() {
        return contacted && !away && !ended;
    }

    long depth() {
        return queue.size() + (long) keptCount;
    }

    /** Takes a request, or answers it at once with the reason why not. */
    void submit(Pending<?> pending) {
        if (closing) {
            refuse(pending, CLOSED, RETRY_WHEN_AWAY);
        } else if (away && pending.request().whileAway() == WhileAway.REFUSED) {
            refuse(pending, why, RETRY_WHEN_AWAY);
        } else if (!reserve(pending)) {
            refuse(pending, "too many answers wait to be recorded", RETRY_WHEN_FULL);
        } else if (!queue.offer(pending)) {
            giveBack(pending);
            refuse(pending, "the ledger's queue is full", RETRY_WHEN_FULL);
        } else if (ended) {
            refuseQueued();
        }
    }

    private boolean reserve(Pending<?> pending) {
        long bytes = pending.bytes();
        if (counters.waitingBytes.addAndGet(bytes) <= settings.waitingBytesMax() || bytes == 0) {
            return true;
        }
        counters.waitingBytes.addAndGet(-bytes);
        return false;
    }

    private void giveBack(Pending<?> pending) {
        counters.waitingBytes.addAndGet(-pending.bytes());
    }

    /** Answers what is queued, until this time on {@link System#nanoTime}'s scale at most, and takes nothing new. */
    void close(long by) {
        closeBy = by;
        closing = true;
    }

    @Override
    public void run() {
        try {
            probe();
            while (!finished()) {
                if (away) {
                    waitForReturn();
                } else {
                    work();
                }
            }
        } catch (InterruptedException interrupted) {
            log.warn("The {} was interrupted: what it has is refused", name);
        } finally {
            ended = true;
            refuseQueued();
            refuseKept();
            connection.drop();
        }
    }

    private boolean finished() {
        boolean idle = queue.isEmpty() && kept.isEmpty();
        return closing && (idle || System.nanoTime() - closeBy >= 0);
    }

    private void work() throws InterruptedException {
        List<Pending<?>> batch = next();
        if (!batch.isEmpty()) {
            commit(batch);
        } else if (System.nanoTime() - lastContact > IDLE_NANOS_MAX) {
            probe();
        }
    }

    /** What was kept comes first, in batches of its own: it is older, and may still be in trouble. */
    private List<Pending<?>> next() throws InterruptedException {
        List<Pending<?>> batch = new ArrayList<>();
        if (!kept.isEmpty() && System.nanoTime() - keptNotBefore >= 0) {
            fill(batch, kept);
            keptCount = kept.size();
            return batch;
        }
        Pending<?> first = queue.poll(PROBE_NANOS, TimeUnit.NANOSECONDS);
        if (first != null) {
            batch.add(first);
            fill(batch, queue);
        }
        return batch;
    }

    private void fill(List<Pending<?>> batch, Queue<Pending<?>> from) {
        long bytes = 0;
        while (batch.size() < settings.batchMax() && bytes < BATCH_BYTES_MAX && !from.isEmpty()) {
            Pending<?> pending = from.remove();
            batch.add(pending);
            bytes += pending.bytes();
        }
    }

    private void commit(List<Pending<?>> batch) {
        if (away) { // the half of this batch before found out
            batch.forEach(this::setAside);
            return;
        }
        DirectBatch direct = DirectBatch.of(batch);
        List<Pending<?>> open = direct.isEmpty() ? batch : attempt(batch, () -> Attempt.direct(connection, direct));
        if (!open.isEmpty()) {
            attempt(open, () -> Attempt.of(connection, open));
        }
    }

    /** @return those of the batch that are still to be decided */
    private List<Pending<?>> attempt(List<Pending<?>> batch, Supplier<Attempt> transaction) {
        long begun = System.nanoTime();
        switch (transaction.get()) {
            case Attempt.Done(List<Decided<?>> decided, List<Pending<?>> open) -> {
                counters.commitNanos.add(System.nanoTime() - begun);
                done(decided);
                return open;
            }
            case Attempt.Failed(SQLException failure, boolean inDoubt) -> failed(batch, failure, inDoubt);
            case Attempt.Broken(RuntimeException defect) -> broken(batch, defect);
        }
        return List.of();
    }

    private void done(List<Decided<?>> decided) {
        contact();
        unproven = false;
        counters.commits.increment();
        counters.operations.add(decided.size());
        for (Decided<?> each : decided) {
            giveBack(each.pending());
            each.deliver();
        }
    }

    private void failed(List<Pending<?>> batch, SQLException failure, boolean inDoubt) {
        Failure kind = inDoubt ? Failure.AWAY : Failure.of(failure);
        switch (kind) {
            case AWAY -> goAway(batch, failure, inDoubt);
            case BAD_ROW, BUSY_ROW -> {
                if (batch.size() > 1) {
                    commit(batch.subList(0, batch.size() / 2));
                    commit(batch.subList(batch.size() / 2, batch.size()));
                } else {
                    failedAlone(batch.getFirst(), kind, failure);
                }
            }
        }
    }

    private void failedAlone(Pending<?> pending, Failure kind, SQLException failure) {
        if (kind == Failure.BUSY_ROW) {
            keptNotBefore = System.nanoTime() + BUSY_ROW_NANOS;
            why = "the operation is held by another transaction";
            setAside(pending);
        } else {
            giveBack(pending);
            pending.fail(new IllegalArgumentException(
                    "The operation " + pending.request().id() + " cannot be recorded: " + failure.getMessage(),
                    failure));
        }
    }

    private void broken(List<Pending<?>> batch, RuntimeException defect) {
        log.error("The {} could not decide a batch of {}, which is a defect", name, batch.size(), defect);
        for (Pending<?> pending : batch) {
            giveBack(pending);
            pending.fail(new IllegalStateException("The ledger failed: " + defect, defect));
        }
    }

    private void goAway(List<Pending<?>> batch, SQLException failure, boolean inDoubt) {
        why = "the database cannot be asked: " + failure.getMessage();
        away = true;
        // A database that answers a probe and then fails again, as a full one does, is asked less and less often.
        probeNanos = unproven ? Math.min(2 * probeNanos, PROBE_NANOS_MAX) : PROBE_NANOS;
        counters.outages.increment();
        log.warn("The {} finds the database away: {}", name, failure.getMessage());
        for (Pending<?> pending : batch) {
            if (inDoubt) {
                withdraw(pending);
            }
            setAside(pending);
        }
        for (Pending<?> queued = queue.poll(); queued != null; queued = queue.poll()) {
            setAside(queued);
        }
    }

    private void withdraw(Pending<?> pending) {
        if (pending.request() instanceof Request.Claim claim) {
            Request<SettleVerdict> request =
                    new Request.Withdraw(claim.id(), claim.wish().fingerprint(), claim.claimId());
            keep(Pending.of(request, pending.deadline(), pending.teller()));
        }
    }

    private void setAside(Pending<?> pending) {
        switch (pending.request().whileAway()) {
            case REFUSED -> {
                giveBack(pending);
                refuse(pending, why, RETRY_WHEN_AWAY);
            }
            case REFUSED_AND_KEPT -> {
                refuse(pending, why, RETRY_WHEN_AWAY);
                keep(pending);
            }
            case KEPT -> keep(pending);
        }
    }

    private void keep(Pending<?> pending) {
        if (kept.size() >= settings.queueMax() || pending.overdue(System.nanoTime())) {
            giveBack(pending);
            refuse(pending, why, RETRY_WHEN_AWAY);
        } else {
            kept.add(pending);
            keptCount = kept.size();
        }
    }

    private void waitForReturn() throws InterruptedException {
        long end = System.nanoTime() + probeNanos;
        for (long left = probeNanos; left > 0; left = end - System.nanoTime()) {
            Pending<?> queued = queue.poll(left, TimeUnit.NANOSECONDS);
            if (queued != null) {
                setAside(queued);
            }
        }
        refuseOverdue();
        probe();
    }

    private void refuseOverdue() {
        long now = System.nanoTime();
        kept.removeIf(pending -> {
            boolean overdue = pending.overdue(now);
            if (overdue) {
                giveBack(pending);
                refuse(pending, why, RETRY_WHEN_AWAY);
            }
            return overdue;
        });
        keptCount = kept.size();
    }

    private void probe() {
        try {
            connection.probe();
            contact();
            if (away) {
                away = false;
                unproven = true;
                log.info("The {} finds the database back; {} operations were kept", name, kept.size());
            }
        } catch (SQLException failure) {
            if (!away) {
                goAway(List.of(), failure, false);
            }
        }
    }

    private void contact() {
        lastContact = System.nanoTime();
        contacted = true;
    }

    private void refuse(Pending<?> pending, String reason, Duration retryAfter) {
        counters.refused.increment();
        pending.refuse(reason, retryAfter);
    }

    private void refuseQueued() {
        for (Pending<?> queued = queue.poll(); queued != null; queued = queue.poll()) {
            giveBack(queued);
            refuse(queued, CLOSED, RETRY_WHEN_AWAY);
        }
    }

    private void refuseKept() {
        for (Pending<?> pending : kept) {
            giveBack(pending);
            refuse(pending, CLOSED, RETRY_WHEN_AWAY);
        }
        kept.clear();
        keptCount = 0;
    }
}
