package io.bulwark.load.scenario;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What can be chosen for a run. */
public enum Option {
    RATE(Kind.WHOLE, "calls a second"),
    DURATION(Kind.TIME, "how long is measured, such as 30s or 5m"),
    WARM_UP(Kind.TIME, "how long the load runs before that"),
    BATCH(Kind.WHOLE, "how many operations travel in one request, 1 for each by itself"),
    ROUNDS(Kind.WHOLE, "how often everything is measured"),
    CONNECTIONS(Kind.WHOLE, "how many connections may be open"),
    TENANTS(Kind.WHOLE, "how many tenants there are"),
    KEYS(Kind.WHOLE, "how many calls back a repeated key lies at most"),
    ZIPF(Kind.NUMBER, "how unevenly calls are spread over tenants: the exponent of Zipf's law, 0 for evenly"),
    RETRIES(Kind.NUMBER, "the share of calls that repeat an earlier key, 0 to less than 1"),
    SEED(Kind.WHOLE, "what chance begins with");

    private static final Pattern SHORT_TIME = Pattern.compile("(\\d+)(ms|s|m|h)");

    private final Kind kind;
    private final String meaning;

    Option(Kind kind, String meaning) {
        this.kind = kind;
        this.meaning = meaning;
    }

    private enum Kind {
        WHOLE("a whole number of 0 or more"),
        TIME("a time such as 500ms, 30s, 5m or PT30S"),
        NUMBER("a number of 0 or more");

        private final String expected;

        Kind(String expected) {
            this.expected = expected;
        }
    }

    /** As the command line has it, behind two hyphens. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it is, in a few words. */
    public String meaning() {
        return meaning;
    }

    /** What a value looks like, in one word. */
    public String label() {
        return switch (kind) {
            case WHOLE -> "N";
            case TIME -> "TIME";
            case NUMBER -> "X";
        };
    }

    /** Reads a time. @throws IllegalArgumentException when it is none; the message says what is expected */
    public Duration time(String value) {
        return duration(checked(value));
    }

    /** Returns the value when it is one. @throws IllegalArgumentException when it is not; the message says what is expected */
    String checked(String value) {
        try {
            boolean good = switch (kind) {
                case WHOLE -> Integer.parseInt(value) >= 0;
                case TIME -> !duration(value).isNegative();
                case NUMBER -> Double.parseDouble(value) >= 0;
            };
            if (good) {
                return value;
            }
        } catch (NumberFormatException | DateTimeParseException e) {
            throw new IllegalArgumentException(refusal(value), e);
        }
        throw new IllegalArgumentException(refusal(value));
    }

    private static Duration duration(String value) {
        Matcher matcher = SHORT_TIME.matcher(value);
        if (!matcher.matches()) {
            return Duration.parse(value);
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private String refusal(String value) {
        return "--" + word() + " is '" + value + "': expected " + kind.expected;
    }
}
