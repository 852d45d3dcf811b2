package io.bulwark.scaling;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Ranges;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far the size may move within a period.
 *
 * @param value above 0; nodes, or hundredths of the size that there was at the beginning of the period
 * @param per 1 s to 30 min, Kubernetes' range
 */
public record RatePolicy(Type type, int value, Duration per) {
    /** What the value counts. */
    public enum Type {
        @JsonProperty("nodes")
        NODES,
        @JsonProperty("percent")
        PERCENT
    }

    public RatePolicy {
        Ranges.check("policies.value", value, 1, 1_000_000);
        Ranges.check("policies.per", per, Duration.ofSeconds(1), Duration.ofMinutes(30));
    }

    @JsonCreator
    static RatePolicy of(
            @JsonProperty("type") @Nullable Type type,
            @JsonProperty("value") int value,
            @JsonProperty("per") @Nullable Duration per) {
        if (type == null || per == null) {
            throw new IllegalArgumentException("policies: a policy needs a type, a value and a period ('per')");
        }
        return new RatePolicy(type, value, per);
    }
}
