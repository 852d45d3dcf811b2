package io.bulwark.load.scenario;

import io.bulwark.load.drive.Measured;
import io.bulwark.load.result.Assertion;
import io.bulwark.load.result.Figure;
import io.bulwark.load.result.Machine;
import io.bulwark.load.result.Result;
import io.bulwark.load.result.Second;
import io.bulwark.load.result.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** What came of a long run: whether heap, latency and tables stayed as they were. */
record SoakReport(Soak run, Machine machine, String commit) {
    static final String HEAP_LEFT = "heapAfterCollectionMegabytes";
    static final double GROWTH_MAX = 1.1;

    private static final String SUBJECT = "operations";
    private static final double FLOOR = 1;
    private static final double RATE_KEPT = 0.99;

    /**
     * @param seconds of the load with what was read beside it
     * @param trouble the first reading that failed, as a sentence; empty when none did
     */
    record Seen(Measured measured, List<Second> seconds, String trouble) {
        Seen {
            seconds = List.copyOf(seconds);
        }
    }

    Result of(Seen seen, Instant started, Duration took) {
        List<Figure> figures = new ArrayList<>(loadFigures(seen.measured()));
        figures.addAll(growths(seen.seconds()));
        figures.addAll(ends(seen.seconds()));
        return new Result(
                Soak.NAME,
                run.title(),
                started,
                took,
                commit,
                machine,
                configuration(),
                figures,
                List.of(new Series(SUBJECT, seen.seconds())),
                List.of(),
                assertions().map(text -> Assertion.parse(text).assess(figures)).toList(),
                notes(seen));
    }

    private static List<Figure> loadFigures(Measured measured) {
        return List.of(
                Figure.once(SUBJECT, "rate", "operations/s", measured.perSecond()),
                Figure.once(SUBJECT, "p50", "ms", measured.millis(50)),
                Figure.once(SUBJECT, "p99", "ms", measured.millis(99)),
                Figure.once(SUBJECT, "calls", "operations", (double) measured.calls()),
                Figure.once(SUBJECT, "errors", "operations", (double) measured.failed()));
    }

    /** Of what is to stay flat, as far as there are values. */
    static List<Figure> growths(List<Second> seconds) {
        Map<String, Function<Second, Stream<Double>>> all = new LinkedHashMap<>();
        all.put("heap", second -> gauge(second, HEAP_LEFT));
        all.put("latency", second -> second.p99Millis() > 0 ? Stream.of(second.p99Millis()) : Stream.of());
        Footprint.TABLES.forEach(table -> all.put(table, second -> gauge(second, Footprint.gauge(table))));
        List<Figure> figures = new ArrayList<>();
        all.forEach((subject, value) -> Growth.of(seconds, value, FLOOR)
                .ifPresent(growth -> figures.add(Figure.once(subject, "growth", "", growth))));
        return figures;
    }

    /** The last value of each gauge. */
    private static List<Figure> ends(List<Second> seconds) {
        Map<String, Double> last = new LinkedHashMap<>();
        seconds.forEach(second -> last.putAll(second.gauges()));
        return last.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getKey().endsWith("Megabytes")
                        ? Figure.once("at the end", entry.getKey().replace("Megabytes", ""), "MB", entry.getValue())
                        : Figure.once("at the end", entry.getKey(), "", entry.getValue()))
                .toList();
    }

    private Stream<String> assertions() {
        Stream<String> flat = Stream.concat(Stream.of("heap", "latency"), Footprint.TABLES.stream())
                .map(subject -> subject + ".growth <= " + GROWTH_MAX);
        return Stream.concat(
                Stream.of("rate >= " + Math.round(RATE_KEPT * run.operationsPerSecond()) + "/s", "errors == 0"), flat);
    }

    private Map<String, String> configuration() {
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("nodes", "1, and a PostgreSQL beside it, fsync on");
        configuration.put("lasting", run.lasting() + " after " + Soak.WARM_UP + " of warming up");
        configuration.put("operations per second", Integer.toString(run.operationsPerSecond()));
        configuration.put("tenants", Integer.toString(run.tenants()));
        configuration.put("retention", run.retention().toString());
        configuration.put("heap of the node", "at most " + run.heapMegabytes() + " MB");
        return configuration;
    }

    private List<String> notes(Seen seen) {
        List<String> notes = new ArrayList<>();
        notes.add(
                "An operation is a claim under a key that was never used and a completion under the token that the claim"
                        + " gave, one after the other on a connection; its latency is that of both.");
        notes.add(
                "Growth is the median of the last third of the run over that of the second third, both taken as at least"
                        + " 1 ms or 1 MB; up to " + GROWTH_MAX
                        + " is flat. Of the heap it is what a full collection leaves, asked"
                        + " for from outside at even distances (its pauses are in the latencies); of the latency the 99th"
                        + " percentile of each second; of a table its size on disk with indexes.");
        notes.add("Rows are the database's own estimate.");
        if (run.lasting().dividedBy(3).compareTo(run.retention().multipliedBy(3)) < 0) {
            notes.add("A third of this run is shorter than three retentions (" + run.retention() + "), so the table of"
                    + " operations had not filled up yet: its growth says nothing.");
        }
        if (seen.seconds().stream().noneMatch(second -> second.gauges().containsKey(HEAP_LEFT))) {
            notes.add(
                    "The heap after a collection could not be read: it takes a jcmd beside the java of this harness.");
        }
        Stream.of(seen.trouble()).filter(trouble -> !trouble.isEmpty()).forEach(notes::add);
        return notes;
    }

    private static Stream<Double> gauge(Second second, String name) {
        return Stream.ofNullable(second.gauges().get(name));
    }
}
