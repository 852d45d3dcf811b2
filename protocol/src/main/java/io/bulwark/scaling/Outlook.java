package io.bulwark.scaling;

import java.time.Instant;
import java.util.List;

/**
 * What an evaluation came to, changed or not.
 *
 * @param size how many nodes there were
 * @param recommended what targets, rules and forecast asked for together, before anything limited it
 * @param desired how many there should be
 * @param limits what keeps the second from the first
 * @param reason a sentence
 */
public record Outlook(
        Instant at,
        int size,
        int recommended,
        int desired,
        List<Recommendation> recommendations,
        List<String> limits,
        String reason) {
    public Outlook {
        recommendations = List.copyOf(recommendations);
        limits = List.copyOf(limits);
    }
}
