package io.bulwark.http.scaling;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Ranges;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The body of a custom metric.
 *
 * @param value of the whole, 0 or more and finite
 * @param validFor after which it is not known any more unless it was said again, 5 s to 1 h
 */
record MetricRequest(double value, Duration validFor) {
    MetricRequest {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("value is " + value + ": expected a number of 0 or more");
        }
        Ranges.check("validFor", validFor, Duration.ofSeconds(5), Duration.ofHours(1));
    }

    @JsonCreator
    static MetricRequest of(
            @JsonProperty(value = "value", required = true) double value,
            @JsonProperty("validFor") @Nullable Duration validFor) {
        return new MetricRequest(value, validFor == null ? Duration.ofMinutes(1) : validFor);
    }
}
