package io.bulwark.persistence.ledger;

/**
 * What the ledger of this node has done and where it stands.
 *
 * @param available false while any lane finds the database away
 * @param queueDepth operations that wait for a commit now
 * @param waitingBytes memory of the answers among them
 * @param commits transactions committed since the start
 * @param commitNanos nanoseconds that these transactions took together, from their first statement to the commit
 * @param operations operations answered by a commit since the start
 * @param refused operations answered with {@code Unavailable} since the start
 * @param outages times that a lane found the database away since the start
 * @param swept expired rows deleted by this node since the start
 */
public record LedgerMetrics(
        boolean available,
        long queueDepth,
        long waitingBytes,
        long commits,
        long commitNanos,
        long operations,
        long refused,
        long outages,
        long swept) {}
