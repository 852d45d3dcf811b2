package io.bulwark.restore;

import io.bulwark.grammar.Name;
import java.time.Instant;

/**
 * What is asked for.
 *
 * @param at the instant, by the database's clock
 * @param dryRun shows the difference, and changes nothing
 * @param reason for people, 1 to 500 characters
 */
public record RestoreOrder(Name tenant, Instant at, boolean dryRun, String reason) {
    private static final int REASON_CHARS_MAX = 500;

    public RestoreOrder {
        if (reason.isBlank() || reason.length() > REASON_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "reason has " + reason.length() + " characters: expected 1 to " + REASON_CHARS_MAX);
        }
    }
}
