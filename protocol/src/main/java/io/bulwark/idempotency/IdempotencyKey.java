package io.bulwark.idempotency;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.HexFormat;

/** What a client calls an operation: 1 to 255 visible ASCII characters (0x21 to 0x7E). */
public record IdempotencyKey(@JsonValue String value) {
    /** The most characters that a key has. */
    public static final int LENGTH_MAX = 255;

    /** @throws IllegalArgumentException when the value is outside the grammar; the message says how */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public IdempotencyKey {
        if (value.isEmpty() || value.length() > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "The key has " + value.length() + " characters: expected 1 to " + LENGTH_MAX);
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < 0x21 || value.charAt(i) > 0x7e) {
                throw new IllegalArgumentException("The key's character " + (i + 1) + " is U+"
                        + HexFormat.of().withUpperCase().toHexDigits(value.charAt(i))
                        + ": expected visible ASCII (0x21 to 0x7E)");
            }
        }
    }
}
