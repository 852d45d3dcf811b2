package io.bulwark.persistence.archive;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A position in the write-ahead log, in bytes from its beginning; written as PostgreSQL writes it, such as
 * {@code 0/2000028}.
 *
 * @param value 0 or more
 */
public record Lsn(long value) implements Comparable<Lsn> {
    private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");

    /** @throws IllegalArgumentException when the value is below 0 */
    public Lsn {
        if (value < 0) {
            throw new IllegalArgumentException("The LSN is " + value + ": expected 0 or more");
        }
    }

    /** @throws IllegalArgumentException when the text is not of the form {@code 16/B374D848} */
    public static Lsn parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("The LSN is '" + text + "': expected a form such as 16/B374D848");
        }
        return new Lsn((Long.parseLong(parts.group(1), 16) << 32) | Long.parseLong(parts.group(2), 16));
    }

    /** So many bytes later. */
    public Lsn plus(long bytes) {
        return new Lsn(value + bytes);
    }

    /** How many bytes this is after the other; below 0 when it is before it. */
    public long minus(Lsn other) {
        return value - other.value;
    }

    /** Whether this comes after the other. */
    public boolean isAfter(Lsn other) {
        return value > other.value;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%X/%X", value >>> 32, value & 0xFFFF_FFFFL);
    }
}
