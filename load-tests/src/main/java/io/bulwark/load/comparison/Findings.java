package io.bulwark.load.comparison;

import io.bulwark.load.drive.Measured;
import io.bulwark.load.result.Assertion;
import io.bulwark.load.result.Figure;
import io.bulwark.load.result.Machine;
import io.bulwark.load.result.Result;
import io.bulwark.load.result.Surroundings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers what a comparison finds, round by round, and makes the result of it. For one thread. */
final class Findings {
    private final Comparison comparison;
    private final InstantSource clock;
    private final Instant started;
    private final Machine machine;
    private final String commit;
    private final Map<String, String> configuration = new LinkedHashMap<>();
    private final Map<Quantity, List<Double>> values = new LinkedHashMap<>();
    private final List<Assertion> targets = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private record Quantity(String subject, String metric, String unit) {}

    private Findings(Comparison comparison, Setting setting, InstantSource clock) {
        this.comparison = comparison;
        this.commit = Surroundings.commit(setting.distribution());
        this.clock = clock;
        this.started = clock.instant();
        this.machine = Surroundings.machine();
    }

    /** Begins; the machine's load is read now, before anything runs. The commit is that of the packaged node. */
    static Findings of(Comparison comparison, Setting setting, InstantSource clock) {
        Findings findings = new Findings(comparison, setting, clock);
        findings.configured("rounds", Integer.toString(setting.rounds()));
        findings.configured("round", setting.round().toString());
        findings.configured("warm-up before each", setting.warmUp().toString());
        return findings;
    }

    void configured(String name, String value) {
        configuration.put(name, value);
    }

    /** Adds one round's value to a figure. */
    void add(String subject, String metric, String unit, double value) {
        values.computeIfAbsent(new Quantity(subject, metric, unit), none -> new ArrayList<>())
                .add(value);
    }

    /** Adds one round's count of something. */
    void count(String subject, String metric, String of, long number) {
        add(subject, metric, of, (double) number);
    }

    /**
     * Adds one round of a driver as {@code rate}, {@code p50}, {@code p99} and {@code errors}.
     *
     * @param what is counted, such as {@code decisions}
     * @param perCall how many of those one call is
     */
    void add(String subject, Measured measured, String what, double perCall) {
        add(subject, "rate", what + "/s", measured.perSecond() * perCall);
        add(subject, "p50", "ms", measured.millis(50));
        add(subject, "p99", "ms", measured.millis(99));
        count(subject, "errors", "calls", measured.failed());
    }

    /** What the figures are to be held against, as an {@link Assertion}. */
    void target(String assertion) {
        targets.add(Assertion.parse(assertion));
    }

    void note(String sentence) {
        notes.add(sentence);
    }

    /** The latest value of a figure, for a line while it goes. */
    double latest(String subject, String metric) {
        return values.entrySet().stream()
                .filter(entry -> entry.getKey().subject().equals(subject)
                        && entry.getKey().metric().equals(metric))
                .map(entry -> entry.getValue().getLast())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("There is no figure " + subject + "." + metric));
    }

    Result result() {
        List<Figure> figures = values.entrySet().stream()
                .map(entry -> new Figure(
                        entry.getKey().subject(),
                        entry.getKey().metric(),
                        entry.getKey().unit(),
                        entry.getValue()))
                .toList();
        return new Result(
                comparison.name(),
                comparison.title(),
                started,
                Duration.between(started, clock.instant()),
                commit,
                machine,
                configuration,
                figures,
                List.of(),
                List.of(),
                targets.stream().map(target -> target.assess(figures)).toList(),
                notes);
    }
}
