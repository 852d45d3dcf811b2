package io.bulwark.persistence.archive;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What an archive holds, as far as its names tell.
 *
 * @param whole the whole segments
 * @param pieces of segments, also of such as are whole by now
 * @param histories the names of history files
 */
record Holdings(
        SegmentSize size, Set<WalSegment> whole, Map<WalSegment, List<WalPiece>> pieces, Set<String> histories) {
    static Holdings of(Collection<String> names, SegmentSize size) {
        Set<WalSegment> whole = new HashSet<>();
        Map<WalSegment, List<WalPiece>> pieces = new TreeMap<>();
        Set<String> histories = new HashSet<>();
        for (String name : names) {
            WalSegment.parse(name, size).ifPresent(whole::add);
            WalPiece.parse(name)
                    .ifPresent(piece -> WalSegment.parse(piece.segment(), size)
                            .ifPresent(segment -> pieces.computeIfAbsent(segment, absent -> new ArrayList<>())
                                    .add(piece)));
            if (name.endsWith(".history")) {
                histories.add(name);
            }
        }
        return new Holdings(size, whole, pieces, histories);
    }

    /** How many bytes of the segment are here, from its beginning to the first hole. */
    int covered(WalSegment segment) {
        return whole.contains(segment) ? size.bytes() : WalPiece.covered(piecesOf(segment));
    }

    List<WalPiece> piecesOf(WalSegment segment) {
        return pieces.getOrDefault(segment, List.of());
    }

    /** The highest timeline of which something is here; 0 when nothing is. */
    int newestTimeline() {
        return all().mapToInt(WalSegment::timeline).max().orElse(0);
    }

    /** The highest number of a whole segment on the way to a timeline. */
    OptionalLong lastWhole(Timelines timelines) {
        return whole.stream()
                .filter(segment -> timelines.at(segment.number(), size) == segment.timeline())
                .mapToLong(WalSegment::number)
                .max();
    }

    /** The lowest number above this one of a segment on the way to a timeline of which something is here. */
    OptionalLong nextAfter(long number, Timelines timelines) {
        return all().filter(segment -> timelines.at(segment.number(), size) == segment.timeline())
                .mapToLong(WalSegment::number)
                .filter(other -> other > number)
                .min();
    }

    /** Pieces that are no longer needed, because their segment is whole. */
    List<WalPiece> leftovers() {
        return pieces.entrySet().stream()
                .filter(entry -> whole.contains(entry.getKey()))
                .flatMap(entry -> entry.getValue().stream())
                .toList();
    }

    private Stream<WalSegment> all() {
        return Stream.concat(whole.stream(), pieces.keySet().stream());
    }
}
