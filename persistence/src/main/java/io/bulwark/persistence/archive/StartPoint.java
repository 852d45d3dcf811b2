package io.bulwark.persistence.archive;

import io.bulwark.persistence.archive.ArchiverSettings.OnGap;
import java.util.Optional;
import java.util.OptionalLong;

/** Where an archiver goes on, or why it must not. */
sealed interface StartPoint {
    /** Receives this segment from its beginning. */
    record Begin(WalSegment segment) implements StartPoint {}

    /** Does not start; the message is for people. */
    record Refused(ArchiverEnd.Reason reason, String message) implements StartPoint {}

    /**
     * What the server says of itself.
     *
     * @param flushed up to where its log is on its disk
     * @param kept from where on the slot makes it keep its log; empty when the slot keeps nothing yet
     */
    record Server(Timelines timelines, Lsn flushed, Optional<Lsn> kept) {}

    /**
     * Decides by what the archive holds. The server keeps whole files, so the one in which the kept log begins is there
     * from its beginning.
     */
    static StartPoint decide(Holdings archive, Server server, OnGap onGap) {
        SegmentSize size = archive.size();
        Timelines timelines = server.timelines();
        if (archive.newestTimeline() > timelines.current()) {
            return new Refused(ArchiverEnd.Reason.STALE_SERVER, stale(archive.newestTimeline(), timelines.current()));
        }
        OptionalLong next = next(archive, timelines);
        if (next.isEmpty()) {
            return begin(server, size.numberOf(server.kept().orElse(server.flushed())), size);
        }
        Lsn end = size.start(next.getAsLong()).plus(archive.covered(timelines.segment(next.getAsLong(), size)));
        if (end.isAfter(server.flushed())) {
            return new Refused(ArchiverEnd.Reason.DIVERGED, ahead(end, server.flushed()));
        }
        Optional<Lsn> lost = server.kept().filter(kept -> size.floor(kept).isAfter(end));
        if (lost.isEmpty()) {
            return begin(server, next.getAsLong(), size);
        }
        return switch (onGap) {
            case STOP -> new Refused(ArchiverEnd.Reason.GAP, gap(end, lost.get()));
            case BEGIN_ANEW -> begin(server, size.numberOf(lost.get()), size);
        };
    }

    /** The number of the first segment on the server's way that is not whole in the archive; empty when none is begun. */
    static OptionalLong next(Holdings archive, Timelines timelines) {
        OptionalLong last = archive.lastWhole(timelines);
        return last.isPresent() ? OptionalLong.of(last.getAsLong() + 1) : archive.nextAfter(-1, timelines);
    }

    private static StartPoint begin(Server server, long number, SegmentSize size) {
        return new Begin(server.timelines().segment(number, size));
    }

    /** What is said of a gap; another message names the slot's position when the server has dropped its log. */
    static String gap(Lsn archiveEnd, Lsn kept) {
        return "The archive ends at " + archiveEnd + ", and the server keeps its log only from " + kept
                + " on: what is between them is lost to the archive. Take a full backup, and let the archiver begin anew"
                + " (onGap = BEGIN_ANEW); restores to moments in between are not possible";
    }

    private static String stale(int archived, int current) {
        return "The archive holds timeline " + archived + ", and this server is on timeline " + current
                + ": it was left behind by a promotion or a restore. Give the archiver the server that was promoted, or"
                + " this one an archive of its own";
    }

    private static String ahead(Lsn end, Lsn flushed) {
        return "The archive ends at " + end + ", and this server's log already at " + flushed
                + ": it is another server, or was put back to an earlier state without a new timeline. Give it an archive"
                + " of its own, and take a full backup";
    }
}
