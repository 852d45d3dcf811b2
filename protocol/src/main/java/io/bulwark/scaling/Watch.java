package io.bulwark.scaling;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What the coordinator remembers between evaluations and does not journal. Losing it costs: rules have to hold anew for
 * their whole time, the last recommendation counts as having lasted until the next evaluation, and of one stretch of five
 * minutes the forecast may know a peak too low.
 *
 * @param holding since when the condition of each rule has held at every evaluation
 * @param evaluated when there was an evaluation last
 * @param peak how many nodes were needed at most in the stretch that is not over
 */
public record Watch(Map<String, Instant> holding, Optional<Instant> evaluated, Optional<Demand.Bucket> peak) {
    /** Of a coordinator that has just started. */
    public static final Watch NONE = new Watch(Map.of(), Optional.empty(), Optional.empty());

    public Watch {
        holding = Map.copyOf(holding);
    }
}
