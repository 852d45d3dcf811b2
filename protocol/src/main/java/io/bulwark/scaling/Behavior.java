package io.bulwark.scaling;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Ranges;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How fast the size may move in one direction; the words and the defaults are those of the Kubernetes
 * HorizontalPodAutoscaler (autoscaling/v2, {@code behavior}).
 *
 * @param stabilization of all that was recommended in this time, the most careful counts; 0 to 1 h
 * @param tolerance how far from its target a metric is left alone, as a part of it, 0 to 1
 * @param select which of the policies counts
 * @param policies 1 to {@value #POLICIES_MAX}
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Behavior(Duration stabilization, double tolerance, Select select, List<RatePolicy> policies) {
    /** The most policies of one direction. */
    public static final int POLICIES_MAX = 8;

    /** Which policy counts where there are several. */
    public enum Select {
        /** That which allows the most. */
        @JsonProperty("max")
        MAX,
        /** That which allows the least. */
        @JsonProperty("min")
        MIN,
        /** The size never moves in this direction. */
        @JsonProperty("disabled")
        DISABLED
    }

    /** At once, by all that there is or by 4 nodes in 15 s, whichever is more. */
    public static final Behavior UP = new Behavior(
            Duration.ZERO,
            0.1,
            Select.MAX,
            List.of(
                    new RatePolicy(RatePolicy.Type.PERCENT, 100, Duration.ofSeconds(15)),
                    new RatePolicy(RatePolicy.Type.NODES, 4, Duration.ofSeconds(15))));

    /** To no less than what was recommended at any time in five minutes. */
    public static final Behavior DOWN = new Behavior(
            Duration.ofMinutes(5),
            0.1,
            Select.MAX,
            List.of(new RatePolicy(RatePolicy.Type.PERCENT, 100, Duration.ofSeconds(15))));

    public Behavior {
        policies = List.copyOf(policies);
        Ranges.check("stabilization", stabilization, Duration.ZERO, Duration.ofHours(1));
        Ranges.check("policies (how many)", policies.size(), 1, POLICIES_MAX);
        if (!(tolerance >= 0 && tolerance <= 1)) {
            throw new IllegalArgumentException("tolerance is " + tolerance + ": expected 0 to 1, such as 0.1");
        }
    }

    /** What is left out is as Kubernetes has it in this direction. */
    Behavior orElse(Absent given) {
        return new Behavior(
                given.stabilization == null ? stabilization : given.stabilization,
                given.tolerance == null ? tolerance : given.tolerance,
                given.select == null ? select : given.select,
                given.policies == null ? policies : given.policies);
    }

    /** A behavior of which members may be left out; which defaults they get depends on the direction. */
    record Absent(
            @JsonProperty("stabilization") @Nullable Duration stabilization,
            @JsonProperty("tolerance") @Nullable Double tolerance,
            @JsonProperty("select") @Nullable Select select,
            @JsonProperty("policies") @Nullable List<RatePolicy> policies) {
        @JsonCreator
        Absent {}
    }
}
