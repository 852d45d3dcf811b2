package io.bulwark.grammar;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The name of a tenant, a service or a limit: {@code [a-z0-9]([a-z0-9._-]{0,62})}, so 1 to 63 characters, safe in a
 * path, a log line and a metric.
 */
public record Name(@JsonValue String value) implements Comparable<Name> {
    /** The most characters that a name has. */
    public static final int LENGTH_MAX = 63;

    /** @throws IllegalArgumentException when the value is outside the grammar; the message names the value */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Name {
        if (!isValid(value)) {
            throw new IllegalArgumentException(
                    "'" + shown(value)
                            + "' is not a name: expected 1 to 63 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit");
        }
    }

    /** Whether the value is inside the grammar. */
    public static boolean isValid(String value) {
        if (value.isEmpty() || value.length() > LENGTH_MAX || !isAlphanumeric(value.charAt(0))) {
            return false;
        }
        return value.chars().allMatch(c -> isAlphanumeric(c) || c == '.' || c == '_' || c == '-');
    }

    @Override
    public int compareTo(Name other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    private static boolean isAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }

    private static String shown(String value) {
        return value.length() <= LENGTH_MAX ? value : value.substring(0, LENGTH_MAX) + "…";
    }
}
