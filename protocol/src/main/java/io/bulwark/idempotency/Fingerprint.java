package io.bulwark.idempotency;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * What a request was, so that a key used for another request is noticed: 1 to 128 visible ASCII characters. Bulwark's
 * own are the SHA-256 in hexadecimal; clients of the decision API bring theirs.
 */
public record Fingerprint(@JsonValue String value) {
    /** The most characters that a fingerprint has. */
    public static final int LENGTH_MAX = 128;

    /** @throws IllegalArgumentException when the value is outside the grammar */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Fingerprint {
        boolean visible = value.chars().allMatch(c -> c >= 0x21 && c <= 0x7e);
        if (value.isEmpty() || value.length() > LENGTH_MAX || !visible) {
            throw new IllegalArgumentException("The fingerprint has " + value.length() + " characters: expected 1 to "
                    + LENGTH_MAX + ", all visible ASCII (0x21 to 0x7E)");
        }
    }
}
