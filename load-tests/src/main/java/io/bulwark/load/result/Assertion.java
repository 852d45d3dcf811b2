package io.bulwark.load.result;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a run must yield: {@code p99 < 20ms}, {@code errors == 0}, {@code rate >= 10000/s},
 * {@code availability >= 99.9%}, or {@code bulwark.rate >= 1.5 * redis.rate}.
 *
 * <p>A metric may carry its subject before a dot. Without one, the assertion must hold for every subject that has the
 * metric. Of several rounds the median counts, and for {@code ==} every single round. A bare number is in the unit of
 * the figure; units of one kind are converted.
 */
public final class Assertion {
    private static final double ROUNDING = 1e-12;
    private static final String NAME = "[A-Za-z][\\w-]*(?:\\.[A-Za-z][\\w-]*)*";
    private static final Pattern FORM = Pattern.compile("\\s*(" + NAME + ")\\s*(<=|>=|==|<|>)\\s*(.+?)\\s*");
    private static final Pattern QUANTITY =
            Pattern.compile("(-?\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|-?\\d+(?:\\.\\d+)?)\\s*([^\\d\\s*]*)");
    private static final Pattern MULTIPLE =
            Pattern.compile("(?:(\\d+(?:\\.\\d+)?)\\s*[*×]\\s*)?(" + NAME + ")(?:\\s*[*×]\\s*(\\d+(?:\\.\\d+)?))?");
    private static final String EXPECTED =
            "expected a metric, one of < <= > >= ==, and a number with its unit or a multiple of another metric,"
                    + " such as 'p99 < 20ms', 'errors == 0' or 'bulwark.rate >= 1.5 * redis.rate'";

    private final String text;
    private final String metric;
    private final Relation relation;
    private final Bound bound;

    private Assertion(String text, String metric, Relation relation, Bound bound) {
        this.text = text;
        this.metric = metric;
        this.relation = relation;
        this.bound = bound;
    }

    /** @throws IllegalArgumentException when this is none; the message says what one looks like */
    public static Assertion parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no assertion: " + EXPECTED);
        }
        Bound bound = bound(form.group(3))
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + form.group(3) + "' in '" + text + "' is neither a quantity nor a metric: " + EXPECTED));
        return new Assertion(text.strip(), form.group(1), Relation.of(form.group(2)), bound);
    }

    /**
     * Holds it against what a run yielded. When it cannot be judged, because the run has no such metric or the units
     * do not go together, it does not hold, and {@code seen} says why.
     */
    public Assessment assess(List<Figure> figures) {
        List<Figure> meant =
                figures.stream().filter(figure -> isNamed(figure, metric)).toList();
        return meant.stream()
                .map(figure -> assess(figure, figures))
                .min(Comparator.comparing(Assessment::holds))
                .orElseGet(() -> not(notMeasured(metric, figures)));
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }

    private Assessment assess(Figure figure, List<Figure> figures) {
        return switch (bound) {
            case Fixed(double value, String unit) -> against(figure, value, unit);
            case Multiple(double factor, String other) ->
                named(other, figure, figures)
                        .map(base -> against(figure, factor, base))
                        .orElseGet(() -> not(notMeasured(other, figures)));
        };
    }

    private Assessment against(Figure figure, double value, String unit) {
        Quantity own = Quantity.of(figure.unit());
        Quantity asked = Quantity.of(unit);
        if (!unit.isEmpty() && !own.comparesWith(asked)) {
            return not(Numbers.of(figure.median(), figure.unit()) + ", which cannot be held against "
                    + Numbers.of(value, unit));
        }
        double limit = unit.isEmpty() ? value : own.from(value, asked);
        double seen = counted(figure, limit);
        return new Assessment(text, whose(figure) + Numbers.of(seen, figure.unit()), relation.holds(seen, limit));
    }

    private Assessment against(Figure figure, double factor, Figure base) {
        Quantity own = Quantity.of(figure.unit());
        Quantity other = Quantity.of(base.unit());
        String pair = Numbers.of(figure.median(), figure.unit()) + " against " + Numbers.of(base.median(), base.unit());
        if (!own.comparesWith(other)) {
            return not(pair + ", which cannot be compared");
        }
        double limit = own.from(base.median(), other);
        String times = limit == 0 ? "" : Numbers.of(figure.median() / limit) + " times: ";
        return new Assessment(
                text, whose(figure) + times + pair, relation.holds(counted(figure, factor * limit), factor * limit));
    }

    /** The median; where equality is asked, the first round that is not equal. */
    private double counted(Figure figure, double limit) {
        return relation == Relation.EQUAL
                ? figure.values().stream()
                        .filter(value -> !relation.holds(value, limit))
                        .findFirst()
                        .orElse(limit)
                : figure.median();
    }

    private String whose(Figure figure) {
        return metric.equals(figure.metric()) && !figure.subject().isEmpty() ? figure.subject() + ": " : "";
    }

    private Assessment not(String why) {
        return new Assessment(text, why, false);
    }

    private static String notMeasured(String metric, List<Figure> figures) {
        String yielded = figures.stream()
                .map(figure -> figure.subject().isEmpty() ? figure.metric() : figure.subject() + "." + figure.metric())
                .distinct()
                .collect(Collectors.joining(", "));
        return "no " + metric + " was measured; the run yielded " + (yielded.isEmpty() ? "no figures" : yielded);
    }

    /** The figure of a name; without a subject rather that of the same subject. */
    private static Optional<Figure> named(String name, Figure beside, List<Figure> figures) {
        return figures.stream()
                .filter(figure -> isNamed(figure, name))
                .min(Comparator.comparing(figure -> !figure.subject().equals(beside.subject())));
    }

    private static boolean isNamed(Figure figure, String name) {
        return name.equals(figure.metric()) || name.equals(figure.subject() + "." + figure.metric());
    }

    private static Optional<Bound> bound(String text) {
        Matcher quantity = QUANTITY.matcher(text);
        if (quantity.matches()) {
            double value = Double.parseDouble(quantity.group(1).replace(",", ""));
            return Optional.of(new Fixed(value, quantity.group(2)));
        }
        Matcher multiple = MULTIPLE.matcher(text);
        if (multiple.matches() && (multiple.group(1) == null || multiple.group(3) == null)) {
            String factor = Optional.ofNullable(multiple.group(1))
                    .or(() -> Optional.ofNullable(multiple.group(3)))
                    .orElse("1");
            return Optional.of(new Multiple(Double.parseDouble(factor), multiple.group(2)));
        }
        return Optional.empty();
    }

    private sealed interface Bound {}

    private record Fixed(double value, String unit) implements Bound {}

    private record Multiple(double factor, String metric) implements Bound {}

    private enum Relation {
        LESS("<"),
        AT_MOST("<="),
        MORE(">"),
        AT_LEAST(">="),
        EQUAL("==");

        private final String symbol;

        Relation(String symbol) {
            this.symbol = symbol;
        }

        static Relation of(String symbol) {
            return Arrays.stream(values())
                    .filter(relation -> relation.symbol.equals(symbol))
                    .findFirst()
                    .orElseThrow();
        }

        /** Values that differ only by what the conversion of units rounds are equal. */
        boolean holds(double value, double limit) {
            boolean equal = Math.abs(value - limit) <= ROUNDING * Math.abs(limit);
            return switch (this) {
                case LESS -> !equal && value < limit;
                case AT_MOST -> equal || value < limit;
                case MORE -> !equal && value > limit;
                case AT_LEAST -> equal || value > limit;
                case EQUAL -> equal;
            };
        }
    }
}
