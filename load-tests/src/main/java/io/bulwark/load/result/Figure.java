package io.bulwark.load.result;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * One quantity of one subject, measured once in each round.
 *
 * @param subject whose it is, such as {@code bulwark} or {@code nginx}; in a scenario the part of the run
 * @param metric what was measured, such as {@code rate}, {@code p99} or {@code errors}; the name that assertions use
 * @param unit of the values, such as {@code calls/s}, {@code ms}, {@code calls}; empty for a ratio
 * @param values one for each round, in order; 1 or more, finite
 */
public record Figure(String subject, String metric, String unit, List<Double> values) {
    public Figure {
        values = List.copyOf(values);
        if (values.isEmpty() || values.stream().anyMatch(value -> !Double.isFinite(value))) {
            throw new IllegalArgumentException(
                    subject + " " + metric + " is " + values + ": expected one finite number or more");
        }
    }

    /** A quantity that was measured once. */
    public static Figure once(String subject, String metric, String unit, double value) {
        return new Figure(subject, metric, unit, List.of(value));
    }

    /** The middle of all rounds; of an even number the mean of the two middle ones. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The smallest of all rounds. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public double min() {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    /** The largest of all rounds. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public double max() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }
}
