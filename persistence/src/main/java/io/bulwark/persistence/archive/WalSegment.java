package io.bulwark.persistence.archive;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One file of the log.
 *
 * @param timeline 1 or more
 * @param number 0 or more, from the beginning of the log
 */
public record WalSegment(int timeline, long number) implements Comparable<WalSegment> {
    private static final Pattern NAME = Pattern.compile("[0-9A-F]{24}");
    private static final Comparator<WalSegment> ORDER =
            Comparator.comparingInt(WalSegment::timeline).thenComparingLong(WalSegment::number);

    /** The segment of this name; empty when the name is not one of a segment of this size. */
    static Optional<WalSegment> parse(String name, SegmentSize size) {
        if (!isName(name)) {
            return Optional.empty();
        }
        long high = Long.parseLong(name, 8, 16, 16);
        long low = Long.parseLong(name, 16, 24, 16);
        int timeline = Integer.parseUnsignedInt(name, 0, 8, 16);
        return timeline < 1 || low >= size.perNamePart()
                ? Optional.empty()
                : Optional.of(new WalSegment(timeline, high * size.perNamePart() + low));
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** As PostgreSQL names it, such as {@code 00000001000000000000002A}. */
    public String name(SegmentSize size) {
        return String.format(
                Locale.ROOT, "%08X%08X%08X", timeline, number / size.perNamePart(), number % size.perNamePart());
    }

    @Override
    public int compareTo(WalSegment other) {
        return ORDER.compare(this, other);
    }
}
