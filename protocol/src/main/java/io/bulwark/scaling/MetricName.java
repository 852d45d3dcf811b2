package io.bulwark.scaling;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is measured: one of {@link Measure}, which every node reports of itself, or, beginning with {@code custom.}, a
 * number that a client reports of the whole.
 */
public record MetricName(@JsonValue String value) implements Comparable<MetricName> {
    private static final String CUSTOM = "custom.";
    private static final Pattern OWN = Pattern.compile("custom\\.[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    /** @throws IllegalArgumentException when there is no such metric; the message names those that there are */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public MetricName {
        if (measure(value).isEmpty() && !OWN.matcher(value).matches()) {
            throw new IllegalArgumentException("'" + (value.length() <= 80 ? value : value.substring(0, 80) + "…")
                    + "' is not a metric: expected one of " + String.join(", ", builtIn())
                    + ", or one of your own, which begins with 'custom.'");
        }
    }

    /** The measure of this name; empty for one that clients report. */
    public Optional<Measure> measure() {
        return measure(value);
    }

    /** Whether clients report it. */
    public boolean isCustom() {
        return value.startsWith(CUSTOM);
    }

    @Override
    public int compareTo(MetricName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    private static Optional<Measure> measure(String value) {
        return Stream.of(Measure.values())
                .filter(measure -> measure.metric().equals(value))
                .findFirst();
    }

    private static List<String> builtIn() {
        return Stream.of(Measure.values()).map(Measure::metric).toList();
    }
}
