package io.bulwark.load.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Curves over the time of a run. The drawing is an SVG that is stretched to the room there is; what is to be read stands
 * beside it as text, so that it keeps its size on a phone and on paper.
 *
 * @param title what is drawn
 * @param unit of the values
 * @param summary the same in one sentence, for who cannot see it
 * @param time in seconds
 * @param values what the curves' values lie on
 */
record TimeChart(
        String title, String unit, String summary, Axis time, Axis values, List<Curve> curves, List<Mark> marks) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 200;
    /** Of the width: badges that are nearer than that are put into different rows. */
    private static final double BADGE = 0.032;

    private static final int BADGE_ROWS = 3;

    /**
     * One quantity over time.
     *
     * @param look the class of the style sheet
     * @param points in the order of time; a gap where there is no value
     */
    record Curve(String name, String look, Shape shape, List<Point> points) {
        Curve {
            points = List.copyOf(points);
        }

        /** Of each point of a track; {@code width} seconds each. */
        static Curve of(String name, String look, Shape shape, Track track, Function<Second, OptionalDouble> value) {
            return new Curve(
                    name,
                    look,
                    shape,
                    track.points().stream()
                            .map(second ->
                                    new Point(second.at() + track.width() / 2.0, track.width(), value.apply(second)))
                            .toList());
        }
    }

    /** A value, or none, in the middle of so many seconds. */
    record Point(double at, int width, OptionalDouble value) {}

    /** How a curve is drawn. */
    enum Shape {
        /** A line that is broken where there is no value. */
        LINE,
        /** A line that goes from each value to the next, however far that is. */
        CONNECTED,
        /** The same, filled down to zero. */
        AREA,
        /** A bar for each value that is not zero, never too low to be seen. */
        BARS
    }

    Html html() {
        return Html.of(
                """
                <figure class="chart{}">
                <figcaption><span class="what">{}</span> <span class="unit">{}</span><span class="key">{}</span></figcaption>
                <div class="frame">
                <div class="scale" aria-hidden="true">{}</div>
                <div class="plot" tabindex="0" role="img" aria-label="{}">
                <svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}</svg>
                {}
                <div class="cursor" hidden></div><div class="tip" hidden></div>
                </div>
                <div class="times" aria-hidden="true">{}</div>
                </div>
                <script type="application/json">{}</script>
                </figure>""",
                marks.isEmpty() ? "" : " marked",
                title,
                unit.isEmpty() ? "" : "in " + unit,
                key(),
                scale(),
                title + ". " + summary,
                WIDTH,
                HEIGHT,
                Html.all(grid(), strokes(), Html.all(curves.stream().map(this::drawn))),
                badges(),
                times(),
                data());
    }

    private Html key() {
        return Html.all(curves.stream()
                .map(curve -> Html.of(
                        "<span class=\"{}\"><i aria-hidden=\"true\"></i>{}</span>", curve.look(), curve.name())));
    }

    private Html scale() {
        int decimals = Numbers.decimalsOfTicks(values.ticks());
        return Html.all(values.ticks().stream()
                .map(tick -> Html.of(
                        "<span style=\"top:{}%\">{}</span>",
                        percent(1 - values.at(tick)),
                        values.logarithmic() ? Numbers.plain(tick) : Numbers.fixed(tick, decimals))));
    }

    private Html times() {
        return Html.all(time.ticks().stream()
                .map(tick ->
                        Html.of("<span style=\"left:{}%\">{}</span>", percent(time.at(tick)), Numbers.clock(tick))));
    }

    private Html grid() {
        return Html.all(
                values.ticks().stream().map(tick -> Html.of("<path class=\"grid\" d=\"M0 {}H{}\"/>", y(tick), WIDTH)));
    }

    private Html strokes() {
        return Html.all(
                marks.stream().map(mark -> Html.of("<path class=\"mark\" d=\"M{} 0V{}\"/>", x(mark.at()), HEIGHT)));
    }

    /** Numbers on the marks; the list of marks says what each means. */
    private Html badges() {
        double[] taken = new double[BADGE_ROWS];
        List<Html> badges = new ArrayList<>();
        for (int i = 0; i < marks.size(); i++) {
            double at = time.at(marks.get(i).at());
            int row = IntStream.range(0, BADGE_ROWS)
                    .filter(candidate -> taken[candidate] <= at)
                    .findFirst()
                    .orElse(0);
            taken[row] = at + BADGE;
            badges.add(Html.of(
                    "<span class=\"badge row{}\" style=\"left:{}%\" title=\"{}\" aria-hidden=\"true\">{}</span>",
                    row,
                    percent(at),
                    Numbers.clock(marks.get(i).at()) + " " + marks.get(i).what(),
                    i + 1));
        }
        return Html.all(badges.stream());
    }

    private Html drawn(Curve curve) {
        return switch (curve.shape()) {
            case LINE, CONNECTED -> line(curve);
            case AREA -> Html.all(area(curve), line(curve));
            case BARS -> bars(curve);
        };
    }

    private Html line(Curve curve) {
        StringBuilder path = new StringBuilder();
        boolean down = false;
        for (Point point : curve.points()) {
            if (point.value().isPresent()) {
                path.append(down ? 'L' : 'M')
                        .append(x(point.at()))
                        .append(' ')
                        .append(y(point.value().getAsDouble()));
                down = true;
            } else {
                down &= curve.shape() != Shape.LINE;
            }
        }
        return Html.of("<path class=\"line {}\" d=\"{}\"/>", curve.look(), path);
    }

    private Html area(Curve curve) {
        List<Point> points = curve.points().stream()
                .filter(point -> point.value().isPresent())
                .toList();
        String top = points.stream()
                .map(point -> "L" + x(point.at()) + " " + y(point.value().getAsDouble()))
                .collect(Collectors.joining());
        return points.isEmpty()
                ? Html.NONE
                : Html.of(
                        "<path class=\"area {}\" d=\"M{} {}{}V{}Z\"/>",
                        curve.look(),
                        x(points.getFirst().at()),
                        HEIGHT,
                        top,
                        HEIGHT);
    }

    private Html bars(Curve curve) {
        String path = curve.points().stream()
                .filter(point -> point.value().orElse(0) > 0)
                .map(this::bar)
                .collect(Collectors.joining());
        return Html.of("<path class=\"bars {}\" d=\"{}\"/>", curve.look(), path);
    }

    private String bar(Point point) {
        double left = time.at(point.at() - point.width() / 2.0) * WIDTH;
        double right = time.at(point.at() + point.width() / 2.0) * WIDTH;
        double top = Math.min(HEIGHT - 4, (1 - values.at(point.value().orElse(0))) * HEIGHT);
        return "M" + number(left) + " " + HEIGHT + "V" + number(top) + "H" + number(right) + "V" + HEIGHT + "Z";
    }

    /** What the page's script shows for a moment; the curves of a chart have the same moments. */
    private Html data() {
        List<Double> at = curves.getFirst().points().stream().map(Point::at).toList();
        List<Map<String, Object>> named = curves.stream()
                .map(curve ->
                        Map.<String, Object>of("name", curve.name(), "look", curve.look(), "values", texts(curve)))
                .toList();
        try {
            String json = JSON.writeValueAsString(Map.of("end", time.high(), "at", at, "curves", named));
            return new Html(json.replace("<", "\\u003c").replace("&", "\\u0026"));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The numbers of the chart '" + title + "' do not go into JSON", e);
        }
    }

    private List<String> texts(Curve curve) {
        return curve.points().stream()
                .map(point ->
                        point.value().isPresent() ? Numbers.of(point.value().getAsDouble(), unit) : "")
                .toList();
    }

    private String x(double at) {
        return number(time.at(at) * WIDTH);
    }

    private String y(double value) {
        return number((1 - values.at(value)) * HEIGHT);
    }

    private static String percent(double share) {
        return number(100 * share);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
