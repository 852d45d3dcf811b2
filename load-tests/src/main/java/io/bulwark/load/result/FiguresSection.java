package io.bulwark.load.result;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The part of a page that shows what was measured: bars where subjects are compared, and a table of everything. */
final class FiguresSection {
    private static final int WIDTH = 1000;

    private final List<Figure> figures;
    private final Map<String, List<Figure>> byMetric;
    private final int rounds;
    private final boolean compared;

    FiguresSection(List<Figure> figures) {
        this.figures = figures;
        this.byMetric = figures.stream()
                .collect(Collectors.groupingBy(Figure::metric, LinkedHashMap::new, Collectors.toList()));
        this.rounds = figures.stream()
                .mapToInt(figure -> figure.values().size())
                .max()
                .orElse(0);
        this.compared = figures.stream()
                .anyMatch(figure -> !isFirst(figure) && !ratio(figure).isEmpty());
    }

    Html html() {
        return Html.of("<section><h2>Figures</h2>\n{}\n{}</section>", allBars(), table())
                .when(!figures.isEmpty());
    }

    private Html allBars() {
        List<List<Figure>> drawn =
                byMetric.values().stream().filter(FiguresSection::canBeDrawn).toList();
        return Html.of(
                        "<div class=\"bar-groups\">{}</div>",
                        Html.all(drawn.stream().map(this::bars)))
                .when(!drawn.isEmpty());
    }

    /** Two subjects or more, one unit, and a length to draw. */
    private static boolean canBeDrawn(List<Figure> of) {
        return of.size() > 1
                && of.stream().map(Figure::unit).distinct().count() == 1
                && of.stream().allMatch(figure -> figure.min() >= 0)
                && of.stream().anyMatch(figure -> figure.max() > 0);
    }

    private Html bars(List<Figure> of) {
        double largest = of.stream().mapToDouble(Figure::max).max().orElse(1);
        String unit = of.getFirst().unit();
        return Html.of(
                """
                <figure class="bar-group"><figcaption><span class="what">{}</span> <span class="unit">{}</span></figcaption>
                <ul>{}</ul></figure>""",
                of.getFirst().metric(),
                unit.isEmpty() ? "" : "in " + unit,
                Html.all(of.stream().map(figure -> bar(figure, largest))));
    }

    private Html bar(Figure figure, double largest) {
        double scale = WIDTH / largest;
        String range = figure.values().size() > 1
                ? "M" + number(figure.min() * scale) + " 10H" + number(figure.max() * scale)
                : "";
        return Html.of(
                """
                <li class="{}"><span class="who">{}</span>
                <svg viewBox="0 0 {} 20" preserveAspectRatio="none" aria-hidden="true"><title>{}</title>\
                <path class="bar" d="M0 2H{}V18H0Z"/><path class="range" d="{}"/></svg>
                <span class="value">{} <small>{}</small></span></li>""",
                isFirst(figure) ? "first" : "other",
                figure.subject(),
                WIDTH,
                rangeText(figure),
                number(figure.median() * scale),
                range,
                Numbers.of(figure.median()),
                isFirst(figure) ? "" : ratio(figure));
    }

    private Html table() {
        return Html.of(
                """
                <div class="scroll" tabindex="0" role="region" aria-label="Table of figures"><table class="figures">
                <thead><tr><th scope="col">metric</th><th scope="col">subject</th><th scope="col" class="n">{}</th>{}{}</tr></thead>
                {}</table></div>""",
                rounds > 1 ? "median" : "value",
                Html.of("<th scope=\"col\" class=\"n\">range of {} rounds</th>", rounds)
                        .when(rounds > 1),
                Html.of("<th scope=\"col\" class=\"n\">against {}</th>", first())
                        .when(compared),
                Html.all(byMetric.values().stream().map(this::rows)));
    }

    private Html rows(List<Figure> of) {
        return Html.of(
                "<tbody>{}</tbody>", Html.all(IntStream.range(0, of.size()).mapToObj(i -> row(of.get(i), i == 0))));
    }

    private Html row(Figure figure, boolean top) {
        return Html.of(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"n\">{}</td>{}{}</tr>",
                top ? figure.metric() : Html.of("<span class=\"again\">{}</span>", figure.metric()),
                figure.subject(),
                Numbers.of(figure.median(), figure.unit()),
                Html.of("<td class=\"n\">{}</td>", rangeText(figure)).when(rounds > 1),
                Html.of("<td class=\"n\">{}</td>", isFirst(figure) ? "" : ratio(figure))
                        .when(compared));
    }

    private static String rangeText(Figure figure) {
        int decimals = Numbers.decimals(figure.values());
        return figure.values().size() > 1
                ? Numbers.fixed(figure.min(), decimals) + " – " + Numbers.fixed(figure.max(), decimals)
                : "once";
    }

    private String ratio(Figure figure) {
        return base(figure)
                .filter(base -> base.median() > 0)
                .map(base -> Numbers.of(figure.median() / base.median()) + "×")
                .orElse("");
    }

    private Optional<Figure> base(Figure figure) {
        return byMetric.getOrDefault(figure.metric(), List.of()).stream()
                .filter(this::isFirst)
                .filter(base -> base.unit().equals(figure.unit()))
                .findFirst();
    }

    private boolean isFirst(Figure figure) {
        return figure.subject().equals(first());
    }

    private String first() {
        return figures.stream().findFirst().map(Figure::subject).orElse("");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
