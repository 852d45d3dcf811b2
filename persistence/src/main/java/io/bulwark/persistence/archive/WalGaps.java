package io.bulwark.persistence.archive;

import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;

/** How far an archive can be replayed, and where it breaks off; from its names alone. */
public final class WalGaps {
    private WalGaps() {}

    /**
     * How far a restore gets.
     *
     * @param until the position up to which everything from the start is there; the start itself when nothing is
     * @param gap what is missing before more that is there; empty when the archive simply ends
     */
    public record Reach(Lsn until, Optional<Gap> gap) {}

    /**
     * What is missing.
     *
     * @param missing the name of the first file that is missing or not whole
     * @param from the first position that is missing
     * @param to from where on there is something again
     */
    public record Gap(String missing, Lsn from, Lsn to) {}

    /**
     * Follows the archive from a position.
     *
     * @param names as the archive lists them, pieces of segments too
     * @param timelines to the last of which a restore is to lead
     * @param start where replay begins, such as a backup's start
     */
    public static Reach from(Collection<String> names, SegmentSize size, Timelines timelines, Lsn start) {
        Holdings holdings = Holdings.of(names, size);
        long number = size.numberOf(start);
        while (holdings.covered(timelines.segment(number, size)) == size.bytes()
                && historyMissing(holdings, timelines, number).isEmpty()) {
            number++;
        }
        Lsn until = max(start, end(holdings, timelines, number));
        return new Reach(until, gap(holdings, timelines, number, until));
    }

    /** PostgreSQL does not go over to a timeline whose history it cannot read. */
    private static Optional<String> historyMissing(Holdings holdings, Timelines timelines, long number) {
        int timeline = timelines.at(number, holdings.size());
        String history = Timelines.historyName(timeline);
        return timeline == 1 || holdings.histories().contains(history) ? Optional.empty() : Optional.of(history);
    }

    private static Lsn end(Holdings holdings, Timelines timelines, long number) {
        SegmentSize size = holdings.size();
        int covered = historyMissing(holdings, timelines, number).isPresent()
                ? 0
                : holdings.covered(timelines.segment(number, size));
        return size.start(number).plus(covered);
    }

    private static Optional<Gap> gap(Holdings holdings, Timelines timelines, long number, Lsn until) {
        SegmentSize size = holdings.size();
        WalSegment broken = timelines.segment(number, size);
        Optional<String> history = historyMissing(holdings, timelines, number);
        if (history.isPresent() && holdings.covered(broken) > 0) {
            return Optional.of(new Gap(history.get(), until, until));
        }
        int covered = holdings.covered(broken);
        Optional<Lsn> inside = holdings.piecesOf(broken).stream()
                .filter(piece -> piece.from() > covered)
                .map(piece -> size.start(number).plus(piece.from()))
                .min(Lsn::compareTo);
        OptionalLong next = holdings.nextAfter(number, timelines);
        Optional<Lsn> to =
                inside.or(() -> next.isPresent() ? Optional.of(size.start(next.getAsLong())) : Optional.empty());
        return to.map(position -> new Gap(broken.name(size), until, position));
    }

    private static Lsn max(Lsn one, Lsn other) {
        return one.isAfter(other) ? one : other;
    }
}
