package io.bulwark.load.comparison;

import io.bulwark.load.drive.ClosedLoop;
import io.bulwark.load.drive.Measured;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Gives every subject its turn in each round, one after the other, in a closed loop. */
final class Rounds {
    private final Findings findings;
    private final Setting setting;
    private final int connections;
    private final Consumer<String> progress;

    Rounds(Findings findings, Setting setting, int connections, Consumer<String> progress) {
        this.findings = findings;
        this.setting = setting;
        this.connections = connections;
        this.progress = progress;
        findings.configured("load", "closed loop, " + connections + " connections, one client thread");
    }

    /** The same, each driven for as long as two rounds before the first. */
    void run(String what, List<Subject> subjects) {
        run(what, subjects, setting.round().multipliedBy(2));
    }

    /**
     * Adds rate, p50, p99 and errors of each subject. Before the first round each is driven for a while, so that no
     * compiler is measured. The second round begins with the second subject, and so on, so that none always
     * follows the same one.
     *
     * @param what is counted, such as {@code decisions}
     * @param before how long each is driven before the first round
     */
    void run(String what, List<Subject> subjects, Duration before) {
        subjects.forEach(subject -> ClosedLoop.run(subject.work().get(), connections, Duration.ZERO, before));
        for (int round = 0; round < setting.rounds(); round++) {
            for (int turn = 0; turn < subjects.size(); turn++) {
                one(round, subjects.get((round + turn) % subjects.size()), what);
            }
        }
    }

    private void one(int round, Subject subject, String what) {
        Measured measured = ClosedLoop.run(subject.work().get(), connections, setting.warmUp(), setting.round());
        findings.add(subject.name(), measured, what, subject.perCall());
        progress.accept(String.format(
                Locale.ROOT,
                "round %d: %-16s %,12.0f %s/s, p50 %.2f ms, p99 %.2f ms, %d failed %s",
                round + 1,
                subject.name(),
                findings.latest(subject.name(), "rate"),
                what,
                measured.millis(50),
                measured.millis(99),
                measured.failed(),
                measured.failed() > 0 ? measured.statuses() : ""));
    }

    /** What was admitted of one limit while it was asked for without pause, and how long that took. */
    Admitted admitted(Subject subject, Duration time) {
        long start = System.nanoTime();
        Measured measured = ClosedLoop.run(subject.work().get(), connections, Duration.ZERO, time);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        return new Admitted(measured.statuses().getOrDefault(200, 0L), took, measured.failed());
    }

    /**
     * How much was admitted.
     *
     * @param took from before the first request to after the last answer
     * @param failed calls that were neither admitted nor refused
     */
    record Admitted(long calls, Duration took, long failed) {}
}
