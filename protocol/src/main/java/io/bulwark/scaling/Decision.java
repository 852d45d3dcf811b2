package io.bulwark.scaling;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;

/**
 * That there should be another number of nodes, and why.
 *
 * @param number from 1, without gaps
 * @param from how many there were
 * @param to how many there should be
 * @param recommendations what the targets, the rules and the forecast asked for
 * @param limits what kept it from what they asked for, in the order in which it did, such as {@code scaleUp}
 * @param reason a sentence
 */
public record Decision(
        long number,
        Instant at,
        int from,
        int to,
        Kind kind,
        List<Recommendation> recommendations,
        List<String> limits,
        String reason) {
    /** What comes of it. */
    public enum Kind {
        /** It is carried out, as far as the target does so. */
        @JsonProperty("decided")
        DECIDED,
        /** It is only recorded. */
        @JsonProperty("dry-run")
        DRY_RUN,
        /** A person ordered it. */
        @JsonProperty("emergency")
        EMERGENCY
    }

    public Decision {
        recommendations = List.copyOf(recommendations);
        limits = List.copyOf(limits);
    }
}
