package io.bulwark.persistence.archive;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A piece of a segment that is not whole yet. Its name tells what it covers, such as
 * {@code 00000001000000000000002A.partial/00001F40-00002000}, so that a list of names tells how far the archive goes.
 * Pieces of one segment may overlap: every so often one is written that covers the small ones before it.
 *
 * @param segment the segment's name
 * @param from offset in the segment, 0 or more
 * @param to the offset after its last byte
 */
record WalPiece(String segment, int from, int to) {
    private static final Pattern NAME =
            Pattern.compile("([0-9A-F]{24})\\.partial/([0-7][0-9A-F]{7})-([0-7][0-9A-F]{7})");

    WalPiece {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException(
                    "The piece of " + segment + " goes from " + from + " to " + to + ": expected one byte or more");
        }
    }

    static Optional<WalPiece> parse(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            return Optional.empty();
        }
        int from = Integer.parseInt(parts.group(2), 16);
        int to = Integer.parseInt(parts.group(3), 16);
        return to <= from ? Optional.empty() : Optional.of(new WalPiece(parts.group(1), from, to));
    }

    /** What the names of all pieces of a segment begin with. */
    static String prefix(String segment) {
        return segment + ".partial/";
    }

    String name() {
        return String.format(Locale.ROOT, "%s%08X-%08X", prefix(segment), from, to);
    }

    /** Up to which offset these pieces of one segment cover it from its beginning without a hole. */
    static int covered(List<WalPiece> pieces) {
        List<WalPiece> chain = chain(pieces);
        return chain.isEmpty() ? 0 : chain.getLast().to();
    }

    /** As few pieces as are needed to read the segment from its beginning up to the first hole, in their order. */
    static List<WalPiece> chain(List<WalPiece> pieces) {
        List<WalPiece> chain = new ArrayList<>();
        int end = 0;
        Optional<WalPiece> next = furthest(pieces, end);
        while (next.isPresent()) {
            chain.add(next.get());
            end = next.get().to();
            next = furthest(pieces, end);
        }
        return chain;
    }

    /** Of those that begin at the offset or before it, the one that goes furthest beyond it. */
    private static Optional<WalPiece> furthest(List<WalPiece> pieces, int offset) {
        return pieces.stream()
                .filter(piece -> piece.from() <= offset && piece.to() > offset)
                .max(Comparator.comparingInt(WalPiece::to));
    }
}
