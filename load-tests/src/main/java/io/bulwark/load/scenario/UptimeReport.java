package io.bulwark.load.scenario;

import io.bulwark.load.client.OpenLoad;
import io.bulwark.load.drive.Paced;
import io.bulwark.load.fault.FaultPlan;
import io.bulwark.load.fault.Timetable;
import io.bulwark.load.history.Availability;
import io.bulwark.load.history.Ending.Meaning;
import io.bulwark.load.history.ExactlyOnce;
import io.bulwark.load.history.History;
import io.bulwark.load.result.Assertion;
import io.bulwark.load.result.Figure;
import io.bulwark.load.result.Machine;
import io.bulwark.load.result.Mark;
import io.bulwark.load.result.Result;
import io.bulwark.load.result.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What came of a run with faults: availability, failovers, duplicates. */
record UptimeReport(Uptime run, FaultPlan plan, Optional<String> whyNoCut, Machine machine, String commit) {
    /**
     * @param keys that were sent
     * @param beginNanos of {@link System#nanoTime}, when the load began
     */
    record Seen(Paced.Outcome outcome, History history, List<String> keys, long beginNanos) {
        Seen {
            keys = List.copyOf(keys);
        }

        List<Availability> faults() {
            return history.faults().stream()
                    .map(fault -> Availability.of(history, fault, OpenLoad::tenantOf))
                    .toList();
        }
    }

    Result of(Seen seen, Instant started, Duration took) {
        List<Availability> faults = seen.faults();
        List<Figure> figures = figures(seen, faults);
        return new Result(
                Uptime.NAME,
                run.title(),
                started,
                took,
                commit,
                machine,
                configuration(),
                figures,
                List.of(new Series(Uptime.SUBJECT, seen.outcome().seconds())),
                marks(seen),
                Stream.of("availability >= 99.9%", "failover < 5s", "duplicates == 0", "violations == 0")
                        .map(text -> Assertion.parse(text).assess(figures))
                        .toList(),
                notes(seen, faults));
    }

    private List<Figure> figures(Seen seen, List<Availability> faults) {
        Paced.Outcome outcome = seen.outcome();
        double right = 100.0 * (outcome.calls() - outcome.failed()) / Math.max(1, outcome.calls());
        List<String> violations = ExactlyOnce.violations(seen.history(), seen.keys());
        int duplicates =
                ExactlyOnce.atMostOneExecution().violations(seen.history()).size();
        return List.of(
                once("availability", "%", right),
                once("failover", "s", longest(faults, Availability::firstCorrect)),
                once("gap", "s", longest(faults, Availability::longestGap)),
                once("whole", "s", longest(faults, Availability::whole)),
                once("duplicates", "operations", duplicates),
                once("violations", "sentences", violations.size()),
                once("calls", "calls", (double) outcome.calls()),
                once("errors", "calls", (double) outcome.failed()),
                once("rate", "calls/s", outcome.perSecond()),
                once("p50", "ms", outcome.millis(50)),
                once("p99", "ms", outcome.millis(99)),
                once("max", "ms", outcome.millis(100)));
    }

    private static Figure once(String metric, String unit, double value) {
        return Figure.once(Uptime.SUBJECT, metric, unit, value);
    }

    private static double longest(List<Availability> faults, Function<Availability, Duration> time) {
        return faults.stream()
                        .map(time)
                        .max(Comparator.naturalOrder())
                        .orElse(Duration.ZERO)
                        .toNanos()
                / 1e9;
    }

    private List<Mark> marks(Seen seen) {
        List<History.Fault> faults = seen.history().faults();
        return IntStream.range(0, faults.size())
                .boxed()
                .flatMap(i -> Stream.of(
                        new Mark(
                                since(seen, faults.get(i).fromNanos()),
                                Timetable.words(plan.faults().get(i))),
                        new Mark(since(seen, faults.get(i).untilNanos()), "whole again")))
                .toList();
    }

    private static double since(Seen seen, long nanos) {
        return (double) TimeUnit.NANOSECONDS.toMillis(nanos - seen.beginNanos()) / 1e3;
    }

    private Map<String, String> configuration() {
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("nodes", Uptime.NODES + ", and a PostgreSQL that none of them owns, fsync on");
        configuration.put("lasting", run.lasting() + " at least, after " + Uptime.WARM_UP + " of warming up");
        configuration.put("calls per second", Integer.toString(run.callsPerSecond()));
        configuration.put("tenants", Integer.toString(run.tenants()));
        configuration.put("a caller gives up after", run.patience().toString());
        configuration.put("a fault every", run.distance().toString());
        configuration.put("seed", Long.toString(run.seed()));
        return configuration;
    }

    private List<String> notes(Seen seen, List<Availability> faults) {
        List<String> notes = new ArrayList<>();
        notes.add(
                "A call counts as available when it gets the recorded answer of its operation, first or replayed, before"
                        + " its caller gives up. Nobody repeats a call; one in eight is made under a key that was sent earlier,"
                        + " and counts like any other. A balancer takes the next node when a connection is refused, and nothing"
                        + " else is hidden from the callers.");
        notes.add(
                "Failover is the time from a fault until the last tenant had a right answer to a call that began after"
                        + " it; gap is the longest time that the callers of one tenant had none; whole is the time until every"
                        + " node is ready and sees all others. All three are of the worst fault.");
        notes.add(
                "Duplicates are operations whose service may have executed them twice; violations are all broken promises"
                        + " of exactly-once, among them answers that differ and operations that are lost. For that every key is"
                        + " sent again after the load until it says how it ended, which counts for nothing else.");
        whyNoCut.ifPresent(why -> notes.add(
                "No node was cut off from the others, because this machine cannot make network namespaces: " + why));
        notes.add("How the failed calls ended: " + endings(seen.history()) + ".");
        IntStream.range(0, faults.size())
                .forEach(i -> notes.add(Timetable.words(plan.faults().get(i)) + ": "
                        + faults.get(i).line()));
        ExactlyOnce.violations(seen.history(), seen.keys()).stream().limit(5).forEach(notes::add);
        return notes;
    }

    /** How many calls ended in each way that is not right, in words. */
    static String endings(History history) {
        Map<Meaning, Long> wrong = new TreeMap<>(history.summary());
        wrong.keySet().removeIf(Uptime::isRight);
        return wrong.isEmpty()
                ? "there are none"
                : wrong.entrySet().stream()
                        .map(entry -> entry.getValue() + " "
                                + entry.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                        .collect(Collectors.joining(", "));
    }
}
