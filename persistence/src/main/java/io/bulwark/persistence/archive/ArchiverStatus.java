package io.bulwark.persistence.archive;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How an archiver does, for people and metrics.
 *
 * @param timeline that is received; 0 before the first connection
 * @param archived up to where the repository holds the log, and the server has been told so; empty before that is known
 * @param lagBytes how far {@code archived} is behind the end of the server's log, as far as the server has told; 0 or more
 * @param lastSegment the last whole segment that this archiver stored
 * @param lastSegmentAt when it was stored
 * @param segments how many whole segments this archiver has stored
 * @param pieces how many pieces of segments this archiver has stored
 * @param slot what the server said last of the slot; empty when it could not be asked
 * @param alarm set when the server keeps more log for the slot than the policy allows, or is about to drop it
 * @param trouble what hinders the archiver now; empty when nothing does
 * @param end why the archiver has ended; empty while it runs
 */
public record ArchiverStatus(
        State state,
        int timeline,
        Optional<Lsn> archived,
        long lagBytes,
        Optional<String> lastSegment,
        Optional<Instant> lastSegmentAt,
        long segments,
        long pieces,
        Optional<Slot> slot,
        Optional<String> alarm,
        Optional<String> trouble,
        Optional<ArchiverEnd> end) {
    /** What the archiver is doing. */
    public enum State {
        /** Connecting, or connecting again: the server does not answer, or refuses. */
        CONNECTING,
        /** Receiving and storing. */
        STREAMING,
        /** The store is in trouble; nothing is acknowledged until it is back. */
        WAITING_FOR_STORE,
        /** It has ended. */
        ENDED
    }

    /**
     * The replication slot, as {@code pg_replication_slots} shows it.
     *
     * @param restart from where on the server keeps its log; empty while it keeps nothing
     * @param walStatus {@code reserved}, {@code extended}, {@code unreserved}, {@code lost}; "" when it keeps nothing
     * @param safeWalBytes how much more may be written before the log that is needed may go; empty without such a bound
     * @param retainedBytes how much log the server keeps for the slot
     * @param synchronous whether commits wait for the archiver now; false in synchronous mode means that
     *     {@code synchronous_standby_names} does not name it
     */
    public record Slot(
            Optional<Lsn> restart,
            String walStatus,
            OptionalLong safeWalBytes,
            long retainedBytes,
            boolean synchronous) {
        /** Whether the server has dropped log that the slot stood for. */
        boolean lost() {
            return walStatus.equals("lost");
        }

        /** What there is to be alarmed about. */
        Optional<String> alarm(long retainedBytesMax) {
            if (lost() || walStatus.equals("unreserved")) {
                return Optional.of("The server " + (lost() ? "has dropped" : "is about to drop")
                        + " log that is not archived (wal_status is " + walStatus
                        + "): raise max_slot_wal_keep_size, or mend what hinders the archiver");
            }
            return retainedBytes <= retainedBytesMax
                    ? Optional.empty()
                    : Optional.of("The server keeps " + retainedBytes + " bytes of log for the archiver, more than "
                            + retainedBytesMax + ": mend what hinders the archiver before the server's disk is full");
        }
    }
}
