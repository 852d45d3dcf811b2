package io.bulwark.load.scenario;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is chosen for a run.
 *
 * @param values of all options that the scenario has, in the order in which they are to be read
 */
public record Options(Map<Option, String> values) {
    /** Checks every value. @throws IllegalArgumentException when one is none; the message says what is expected */
    public Options {
        values.forEach(Option::checked);
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** None yet. */
    public static Options none() {
        return new Options(Map.of());
    }

    /** The same with one more option, or another value of one. */
    public Options and(Option option, String value) {
        Map<Option, String> more = new LinkedHashMap<>(values);
        more.put(option, value);
        return new Options(more);
    }

    /** The same with other values. @throws IllegalArgumentException when there is no such option here */
    public Options with(Map<Option, String> given) {
        Map<Option, String> all = new LinkedHashMap<>(values);
        given.forEach((option, value) -> {
            if (all.replace(option, value) == null) {
                throw new IllegalArgumentException("There is no --" + option.word() + " here: expected "
                        + values.keySet().stream()
                                .map(each -> "--" + each.word())
                                .collect(Collectors.joining(", ")));
            }
        });
        return new Options(all);
    }

    /** A whole number, 0 or more. */
    public int whole(Option option) {
        return Integer.parseInt(value(option));
    }

    /** A whole number, 1 or more. */
    public int positive(Option option) {
        int value = whole(option);
        if (value < 1) {
            throw new IllegalArgumentException("--" + option.word() + " is " + value + ": expected 1 or more");
        }
        return value;
    }

    /** A time, 0 or more. */
    public Duration time(Option option) {
        return option.time(value(option));
    }

    /** A number, 0 or more. */
    public double number(Option option) {
        return Double.parseDouble(value(option));
    }

    private String value(Option option) {
        String value = values.get(option);
        if (value == null) {
            throw new IllegalStateException("The scenario did not declare --" + option.word());
        }
        return value;
    }
}
