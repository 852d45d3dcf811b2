package io.bulwark.scaling;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Name;
import io.bulwark.grammar.Ranges;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done when a metric has been beyond a threshold for a time.
 *
 * @param metric its average over the nodes that say it; of a custom metric, the whole
 * @param threshold 0 or more and finite
 * @param lasting how long it must have been so at each evaluation, 0 to 1 h ({@code for} in JSON)
 * @param step by how many nodes, 1 to 100
 * @param cooldown after it acted, how long until it may again; {@value #COOLDOWN_SECONDS_MIN} s to 1 d
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Rule(
        Name name,
        MetricName metric,
        Operator operator,
        double threshold,
        @JsonProperty("for") Duration lasting,
        Action action,
        int step,
        Duration cooldown) {
    static final int COOLDOWN_SECONDS_MIN = 15;

    /** On which side of the threshold. */
    public enum Operator {
        @JsonProperty("above")
        ABOVE,
        @JsonProperty("at-least")
        AT_LEAST,
        @JsonProperty("below")
        BELOW,
        @JsonProperty("at-most")
        AT_MOST;

        boolean holds(double value, double threshold) {
            return switch (this) {
                case ABOVE -> value > threshold;
                case AT_LEAST -> value >= threshold;
                case BELOW -> value < threshold;
                case AT_MOST -> value <= threshold;
            };
        }
    }

    /** In which direction. */
    public enum Action {
        @JsonProperty("add")
        ADD,
        @JsonProperty("remove")
        REMOVE
    }

    public Rule {
        if (!(threshold >= 0) || Double.isInfinite(threshold)) {
            throw new IllegalArgumentException(
                    "rules." + name + ".threshold is " + threshold + ": expected a number of 0 or more");
        }
        Ranges.check("rules." + name + ".for", lasting, Duration.ZERO, Duration.ofHours(1));
        Ranges.check("rules." + name + ".step", step, 1, 100);
        if (cooldown.compareTo(Duration.ofSeconds(COOLDOWN_SECONDS_MIN)) < 0
                || cooldown.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("rules." + name + ".cooldown is " + cooldown
                    + ": expected PT15S to PT24H; without one the rule would act at every evaluation");
        }
    }

    @JsonCreator
    static Rule of(
            @JsonProperty(value = "name", required = true) Name name,
            @JsonProperty(value = "metric", required = true) MetricName metric,
            @JsonProperty(value = "operator", required = true) @Nullable Operator operator,
            @JsonProperty(value = "threshold", required = true) double threshold,
            @JsonProperty("for") @Nullable Duration lasting,
            @JsonProperty(value = "action", required = true) @Nullable Action action,
            @JsonProperty("step") @Nullable Integer step,
            @JsonProperty("cooldown") @Nullable Duration cooldown) {
        if (operator == null || action == null) {
            throw new IllegalArgumentException("rules." + name + " needs an operator and an action");
        }
        return new Rule(
                name,
                metric,
                operator,
                threshold,
                lasting == null ? Duration.ofMinutes(1) : lasting,
                action,
                step == null ? 1 : step,
                cooldown == null ? Duration.ofMinutes(3) : cooldown);
    }
}
