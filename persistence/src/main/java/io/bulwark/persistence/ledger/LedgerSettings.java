package io.bulwark.persistence.ledger;

import io.bulwark.grammar.Ranges;
import java.time.Duration;

/**
 * How the ledger commits.
 *
 * @param lanes group committers, each with a connection; a key always goes through the same one; 1 to 64
 * @param batchMax operations in one commit, 1 to 5,000
 * @param queueMax operations that wait for one lane; one more is refused at once; 1 to 100,000
 * @param waitingBytesMax memory for answers that wait to be recorded, over all lanes; one more is refused at once; 1 to
 *     8,192 MiB
 * @param answerWithin how long the database may take for one statement before it counts as away, 1 s to 10 min, in
 *     whole seconds: the longest that a caller waits for {@code Unavailable}, apart from the statements before
 * @param keepFor how long a completion is kept while the database is away, and the wait for its verdict at most; the
 *     default of a claim's lease, because afterwards the outcome counts as unknown; 0 to 1 h
 * @param sweepEvery pause between two sweeps of expired rows, 100 ms to 1 day
 * @param sweepBatch expired rows deleted in one transaction, 1 to 10,000
 * @param closeWithin how long closing waits for what is queued, 0 to 10 min
 */
public record LedgerSettings(
        int lanes,
        int batchMax,
        int queueMax,
        int waitingBytesMax,
        Duration answerWithin,
        Duration keepFor,
        Duration sweepEvery,
        int sweepBatch,
        Duration closeWithin) {
    /**
     * The defaults. Lanes and batches are measured (LedgerBenchmark, PostgreSQL 18 with fsync on, 300-byte answers, 400 in
     * flight; client and server on two cores that other work kept five times overcommitted, so only the ratios count):
     * claim+complete/s 4.2–5.8 k with 2 lanes of 50, 5.7–9.2 k with 2 of 200, 5.5–6.9 k with 4 of 50, 6.4–8.9 k with 4 of
     * 200 (9.2–10.4 k with 1,000 in flight), 4.9–8.1 k with 8 of 50. Once warm, one claim+complete takes 22 to 35 µs of
     * the node's CPU and 30 to 45 µs of the server's.
     */
    public static final LedgerSettings DEFAULT = new LedgerSettings(
            4,
            200,
            2_000,
            128 << 20,
            Duration.ofSeconds(3),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            500,
            Duration.ofSeconds(10));

    /** @throws IllegalArgumentException when a member is outside its range; the message names it */
    public LedgerSettings {
        Ranges.check("lanes", lanes, 1, 64);
        Ranges.check("batchMax", batchMax, 1, 5_000);
        Ranges.check("queueMax", queueMax, 1, 100_000);
        Ranges.check("waitingBytesMax", waitingBytesMax, 1 << 20, Integer.MAX_VALUE);
        Ranges.check("answerWithin", answerWithin, Duration.ofSeconds(1), Duration.ofMinutes(10));
        Ranges.check("keepFor", keepFor, Duration.ZERO, Duration.ofHours(1));
        Ranges.check("sweepEvery", sweepEvery, Duration.ofMillis(100), Duration.ofDays(1));
        Ranges.check("sweepBatch", sweepBatch, 1, 10_000);
        Ranges.check("closeWithin", closeWithin, Duration.ZERO, Duration.ofMinutes(10));
    }

    /** The same with these lanes, batches and queues. */
    public LedgerSettings with(int newLanes, int newBatchMax, int newQueueMax) {
        return new LedgerSettings(
                newLanes,
                newBatchMax,
                newQueueMax,
                waitingBytesMax,
                answerWithin,
                keepFor,
                sweepEvery,
                sweepBatch,
                closeWithin);
    }

    /** The same with these times. */
    public LedgerSettings with(Duration newAnswerWithin, Duration newKeepFor, Duration newSweepEvery) {
        return new LedgerSettings(
                lanes,
                batchMax,
                queueMax,
                waitingBytesMax,
                newAnswerWithin,
                newKeepFor,
                newSweepEvery,
                sweepBatch,
                closeWithin);
    }
}
