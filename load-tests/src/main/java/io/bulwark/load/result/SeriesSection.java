package io.bulwark.load.result;

import io.bulwark.load.result.TimeChart.Curve;
import io.bulwark.load.result.TimeChart.Shape;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The part of a page that shows how a run went over time: latency, calls and failures, and each gauge. */
final class SeriesSection {
    private static final int POINTS_MAX = 600;
    private static final int ROWS_MAX = 60;
    private static final Pattern CAMEL = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    private final List<Series> all;
    private final List<Mark> marks;
    private final Axis time;
    private final Axis latency;
    private final Axis calls;

    /** All series of a result share their axes, so that they can be compared by eye. */
    SeriesSection(Result result) {
        this.all = result.series().stream()
                .filter(series -> !series.seconds().isEmpty())
                .toList();
        this.marks = result.marks();
        this.time = Axis.ofTime(1 + largest(Second::at));
        this.latency = Axis.ofLatencies(usualLatency(), largest(Second::maxMillis));
        this.calls = Axis.fromZero(largest(Second::calls));
    }

    Html html() {
        return Html.of(
                        "<section><h2>Over time</h2>\n{}\n{}</section>",
                        markList(),
                        Html.all(all.stream().map(this::charts)))
                .when(!all.isEmpty());
    }

    private Html markList() {
        return Html.of(
                        "<ol class=\"marks\" aria-label=\"What happened during the run\">{}</ol>",
                        Html.all(marks.stream()
                                .map(mark ->
                                        Html.of("<li><time>{}</time> {}</li>", Numbers.clock(mark.at()), mark.what()))))
                .when(!marks.isEmpty());
    }

    private Html charts(Series series) {
        Track track = Track.of(series.seconds(), POINTS_MAX);
        List<String> gauges = series.seconds().stream()
                .flatMap(second -> second.gauges().keySet().stream())
                .distinct()
                .sorted()
                .toList();
        return Html.all(
                Html.of("<h3>{}</h3>", series.subject()).when(!series.subject().isEmpty() && all.size() > 1),
                latencyChart(track),
                callsChart(track),
                Html.of(
                        "<div class=\"gauges\">{}</div>",
                        Html.all(gauges.stream().map(name -> gaugeChart(name, track)))),
                Html.of(
                                "<p class=\"aside\">Each point stands for {} s: the median of p50, the worst p99 and maximum,"
                                        + " the mean of everything else.</p>",
                                track.width())
                        .when(track.width() > 1),
                numbers(series, gauges));
    }

    private TimeChart chart(String title, String unit, String summary, Axis values, List<Curve> curves) {
        return new TimeChart(title, unit, summary, time, values, curves, marks);
    }

    private Html latencyChart(Track track) {
        String scale = latency.logarithmic() ? ", logarithmic" : "";
        return chart(
                        "Latency",
                        "ms" + scale,
                        "The median is mostly around " + Numbers.of(usualLatency(), "ms") + ", the largest "
                                + Numbers.of(largest(Second::maxMillis), "ms") + ".",
                        latency,
                        List.of(
                                Curve.of("max", "max", Shape.LINE, track, second -> latencyOf(second.maxMillis())),
                                Curve.of("p99", "p99", Shape.LINE, track, second -> latencyOf(second.p99Millis())),
                                Curve.of("p50", "p50", Shape.LINE, track, second -> latencyOf(second.p50Millis()))))
                .html();
    }

    private Html callsChart(Track track) {
        long failed = track.points().stream().mapToLong(Second::failed).sum() * track.width();
        return chart(
                        "Calls and failures",
                        "calls/s",
                        "Up to " + Numbers.of(largest(Second::calls), "calls/s") + "; "
                                + (failed == 0
                                        ? "none failed."
                                        : "some failed in "
                                                + track.points().stream()
                                                        .filter(second -> second.failed() > 0)
                                                        .count()
                                                + " of " + track.points().size() + " points."),
                        calls,
                        List.of(
                                Curve.of(
                                        "calls",
                                        "calls",
                                        Shape.AREA,
                                        track,
                                        second -> OptionalDouble.of((double) second.calls())),
                                Curve.of(
                                        "failed",
                                        "failed",
                                        Shape.BARS,
                                        track,
                                        second -> OptionalDouble.of((double) second.failed()))))
                .html();
    }

    private Html gaugeChart(String name, Track track) {
        double[] values = track.points().stream()
                .flatMap(second -> Stream.ofNullable(second.gauges().get(name)))
                .mapToDouble(Double::doubleValue)
                .toArray();
        return chart(
                        words(name),
                        "",
                        "From " + Numbers.of(values[0]) + " at the beginning to "
                                + Numbers.of(values[values.length - 1])
                                + " at the end, at most "
                                + Numbers.of(DoubleStream.of(values).max().orElse(0)) + ".",
                        Axis.fromZero(DoubleStream.of(values).max().orElse(0)),
                        List.of(Curve.of(name, "gauge", Shape.CONNECTED, track, second -> gauge(second, name))))
                .html();
    }

    /** The same as a table, for who cannot use the drawing. */
    private static Html numbers(Series series, List<String> gauges) {
        Track track = Track.of(series.seconds(), ROWS_MAX);
        return Html.of(
                """
                <details><summary>The numbers{}</summary><div class="scroll" tabindex="0"><table>
                <thead><tr><th scope="col">time</th><th scope="col">calls/s</th><th scope="col">failed/s</th>\
                <th scope="col">p50 ms</th><th scope="col">p99 ms</th><th scope="col">max ms</th>{}</tr></thead>
                <tbody>{}</tbody></table></div></details>""",
                series.subject().isEmpty() ? "" : " of " + series.subject(),
                Html.all(gauges.stream().map(name -> Html.of("<th scope=\"col\">{}</th>", words(name)))),
                Html.all(track.points().stream().map(second -> row(second, gauges))));
    }

    private static Html row(Second second, List<String> gauges) {
        return Html.of(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>{}</tr>",
                Numbers.clock(second.at()),
                Numbers.of((double) second.calls()),
                Numbers.of((double) second.failed()),
                Numbers.of(second.p50Millis()),
                Numbers.of(second.p99Millis()),
                Numbers.of(second.maxMillis()),
                Html.all(gauges.stream().map(name -> Html.of("<td>{}</td>", text(gauge(second, name))))));
    }

    /** {@code heapMegabytes} is read as "heap megabytes". */
    private static String words(String name) {
        return CAMEL.matcher(name).replaceAll(" ").toLowerCase(Locale.ROOT);
    }

    private static OptionalDouble latencyOf(double millis) {
        return millis > 0 ? OptionalDouble.of(millis) : OptionalDouble.empty();
    }

    private static String text(OptionalDouble value) {
        return value.isPresent() ? Numbers.of(value.getAsDouble()) : "";
    }

    private static OptionalDouble gauge(Second second, String name) {
        Double value = second.gauges().get(name);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private double largest(ToDoubleFunction<Second> value) {
        return all.stream()
                .flatMap(series -> series.seconds().stream())
                .mapToDouble(value)
                .max()
                .orElse(0);
    }

    private double usualLatency() {
        double[] medians = all.stream()
                .flatMap(series -> series.seconds().stream())
                .mapToDouble(Second::p50Millis)
                .filter(millis -> millis > 0)
                .sorted()
                .toArray();
        return medians.length == 0 ? 0 : medians[medians.length / 2];
    }
}
