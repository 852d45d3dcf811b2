package io.bulwark.persistence.archive;

import java.util.Arrays;
import java.util.List;

/** Writes lists of names short, for tables of tests. */
final class Pieces {
    static final int FULL = SegmentSize.USUAL.bytes();

    private Pieces() {}

    /** Of ranges such as "0-10 10-20", in decimal. */
    static List<WalPiece> of(String segment, String ranges) {
        return Arrays.stream(ranges.split(" ", -1))
                .filter(range -> !range.isEmpty())
                .map(range -> range.split("-", -1))
                .map(ends -> new WalPiece(segment, Integer.parseInt(ends[0]), Integer.parseInt(ends[1])))
                .toList();
    }

    /**
     * The names of an archive: "1:5" is segment 5 of timeline 1, "1:5:0-10" a piece of it, "2h" the history of timeline 2.
     */
    static List<String> names(String archive) {
        return Arrays.stream(archive.split(" ", -1))
                .filter(entry -> !entry.isEmpty())
                .map(Pieces::name)
                .toList();
    }

    private static String name(String entry) {
        if (entry.endsWith("h")) {
            return Timelines.historyName(Integer.parseInt(entry.substring(0, entry.length() - 1)));
        }
        String[] parts = entry.split(":", -1);
        String segment = segment(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
        return parts.length == 2 ? segment : of(segment, parts[2]).getFirst().name();
    }

    static String segment(int timeline, long number) {
        return new WalSegment(timeline, number).name(SegmentSize.USUAL);
    }

    /** "1" or "1@5.100 2": timeline 2, which branched off timeline 1 at byte 100 of segment 5. */
    static Timelines timelines(String text) {
        String[] parts = text.split(" ", -1);
        List<Timelines.Past> past = Arrays.stream(parts)
                .limit(parts.length - 1L)
                .map(part -> part.split("@", -1))
                .map(part -> new Timelines.Past(Integer.parseInt(part[0]), lsn(part[1])))
                .toList();
        return new Timelines(Integer.parseInt(parts[parts.length - 1]), past);
    }

    /** "5.100" is byte 100 of segment 5. */
    static Lsn lsn(String text) {
        String[] parts = text.split("\\.", -1);
        return SegmentSize.USUAL.start(Long.parseLong(parts[0])).plus(Long.parseLong(parts[1]));
    }

    static String text(Lsn lsn) {
        return SegmentSize.USUAL.numberOf(lsn) + "." + lsn.value() % FULL;
    }
}
