package io.bulwark.scaling;

import io.bulwark.grammar.Ranges;
import java.time.Instant;

/**
 * A size that a person ordered, at once and for a time, whatever the policy says.
 *
 * @param nodes 1 to {@link ScalingPolicy#NODES_MAX}
 * @param force whether it may be more than the policy's maximum
 * @param reason 1 to {@value #REASON_LENGTH_MAX} characters, for those who read it later
 * @param since when it was ordered
 * @param until after which the policy counts again
 */
public record Emergency(int nodes, boolean force, String reason, Instant since, Instant until) {
    public static final int REASON_LENGTH_MAX = 500;

    public Emergency {
        Ranges.check("nodes", nodes, 1, ScalingPolicy.NODES_MAX);
        Ranges.check("reason (how many characters)", reason.strip().length(), 1, REASON_LENGTH_MAX);
        if (!until.isAfter(since) || until.isAfter(since.plus(java.time.Duration.ofDays(7)))) {
            throw new IllegalArgumentException("until is " + until + ": expected within seven days after " + since);
        }
    }

    boolean isOver(Instant now) {
        return !now.isBefore(until);
    }

    /** How many nodes it makes of a policy. */
    int bounded(int maximum) {
        return force ? nodes : Math.min(nodes, maximum);
    }
}
