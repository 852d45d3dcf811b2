package io.bulwark.load.scenario;

import io.bulwark.load.drive.Measured;
import io.bulwark.load.result.Assertion;
import io.bulwark.load.result.Figure;
import io.bulwark.load.result.Machine;
import io.bulwark.load.result.Mark;
import io.bulwark.load.result.Result;
import io.bulwark.load.result.Second;
import io.bulwark.load.result.Series;
import io.bulwark.load.result.Surroundings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers what a run yields and makes the result of it. For one thread. */
final class Account {
    private final Scenario scenario;
    private final Run run;
    private final Instant started;
    private final Machine machine = Surroundings.machine();
    private final Map<String, String> configuration = new LinkedHashMap<>();
    private final Map<Name, List<Double>> figures = new LinkedHashMap<>();
    private final List<Series> series = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private final List<Assertion> targets = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private record Name(String subject, String metric, String unit) {}

    /** Begins; the machine's load is read now, before anything runs. */
    Account(Scenario scenario, Run run) {
        this.scenario = scenario;
        this.run = run;
        this.started = run.clock().instant();
        run.options().values().forEach((option, value) -> configuration.put(option.word(), value));
        configuration.put(
                "bulwark", run.given().map(Run.Given::toString).orElse("one node of its own, embedded PostgreSQL"));
    }

    void configured(String name, String value) {
        configuration.put(name, value);
    }

    /** Adds a round's value. */
    void add(String subject, String metric, String unit, double value) {
        figures.computeIfAbsent(new Name(subject, metric, unit), none -> new ArrayList<>())
                .add(value);
    }

    /** Adds what a driver measured; {@code what} is counted, such as {@code operations}. */
    void add(String subject, Measured measured, String what) {
        add(subject, measured, what, 1);
    }

    /** The same, where each call is several of what is counted; the latencies and errors are those of calls. */
    void add(String subject, Measured measured, String what, int perCall) {
        add(subject, "rate", what + "/s", measured.perSecond() * perCall);
        add(subject, "p50", "ms", measured.millis(50));
        add(subject, "p95", "ms", measured.millis(95));
        add(subject, "p99", "ms", measured.millis(99));
        add(subject, "max", "ms", measured.millis(100));
        add(subject, "calls", "calls", (double) measured.calls());
        add(subject, "errors", "calls", (double) measured.failed());
        run.progress()
                .accept(subject + ": " + Math.round(measured.perSecond() * perCall) + " " + what + "/s, p50 "
                        + measured.millis(50) + " ms, p99 " + measured.millis(99) + " ms, " + measured.failed() + " of "
                        + measured.calls() + " failed, answers " + measured.statuses());
    }

    void series(String subject, Measured measured) {
        series(subject, measured.seconds());
    }

    void series(String subject, List<Second> seconds) {
        series.add(new Series(subject, seconds));
    }

    void mark(double atSeconds, String what) {
        marks.add(new Mark(atSeconds, what));
    }

    /** What is asserted unless the caller asserts something else. */
    void target(String assertion) {
        targets.add(Assertion.parse(assertion));
    }

    void note(String sentence) {
        notes.add(sentence);
    }

    Result result() {
        List<Figure> all = figures.entrySet().stream()
                .map(entry -> new Figure(
                        entry.getKey().subject(),
                        entry.getKey().metric(),
                        entry.getKey().unit(),
                        entry.getValue()))
                .toList();
        return new Result(
                scenario.name(),
                scenario.title(),
                started,
                Duration.between(started, run.clock().instant()),
                Surroundings.commit(run.checkout()),
                machine,
                configuration,
                all,
                series,
                marks,
                targets.stream().map(target -> target.assess(all)).toList(),
                notes);
    }
}
