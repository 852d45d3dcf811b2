package io.bulwark.scaling;

import java.util.Optional;

/**
 * What one target, rule or forecast asks for.
 *
 * @param source the metric, {@code rule NAME} or {@code forecast}
 * @param nodes absent when nothing is known of it, or the rule does not hold
 * @param observed the average, or the whole of a custom metric, that was compared; absent when nothing is known
 * @param wanted the target or the threshold; of a forecast, absent
 * @param known of how many nodes something is known
 * @param unknown of how many nothing is known, or nothing yet
 * @param note what was left out or assumed; empty for nothing
 */
public record Recommendation(
        String source,
        Optional<Integer> nodes,
        Optional<Double> observed,
        Optional<Double> wanted,
        int known,
        int unknown,
        String note) {}
