package io.bulwark.load.scenario;

import io.bulwark.load.cluster.ScalingView.Decision;
import io.bulwark.load.drive.Paced;
import io.bulwark.load.drive.Steps;
import io.bulwark.load.history.ExactlyOnce;
import io.bulwark.load.history.History;
import io.bulwark.load.result.Result;
import io.bulwark.load.result.Second;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What came of a load that rose and fell: failures, duplicates, how fast nodes came and went. */
final class AutoscaleReport {
    private static final String CALLS = "calls";

    private final Autoscale run;
    private final Account account;

    /** Begins; the machine's load is read now, before anything runs. */
    AutoscaleReport(Autoscale run, Run asked) {
        this.run = run;
        this.account = new Account(run, asked);
    }

    /**
     * What was seen.
     *
     * @param seconds of the load with what was read beside it
     * @param keys that were sent
     * @param decisions in order
     * @param began when the load did
     * @param startedLeft processes of nodes that were started by another node and still ran at the end
     * @param troubles sentences of what went wrong beside the load
     */
    record Seen(
            Paced.Outcome outcome,
            List<Second> seconds,
            History history,
            List<String> keys,
            ScalingCourse course,
            List<Decision> decisions,
            Instant began,
            int startedLeft,
            List<String> troubles) {
        Seen {
            seconds = List.copyOf(seconds);
            keys = List.copyOf(keys);
            decisions = List.copyOf(decisions);
            troubles = List.copyOf(troubles);
        }
    }

    Result of(Seen seen) {
        configure();
        calls(seen);
        nodes(seen);
        account.series(CALLS, seen.seconds());
        marks(seen);
        Stream.of(
                        "errors == 0",
                        "duplicates == 0",
                        "up.reaction < 30s",
                        "nodes.most == " + Autoscale.NODES,
                        "nodes.last == 1")
                .forEach(account::target);
        notes(seen);
        return account.result();
    }

    private void configure() {
        Steps steps = run.steps();
        account.configured(
                "bulwark", "one node of its own, which may start others, and a PostgreSQL beside it, fsync on");
        account.configured("rate", run.callsPerNode() + " calls a second are what a node is to have");
        account.configured(
                "calls per second",
                steps.all().stream()
                        .map(step -> step.perSecond() + " for " + step.lasting())
                        .collect(Collectors.joining(", then ")));
        account.configured("policy", run.policy());
        account.configured("decides every", run.evaluateEvery().toString());
        account.configured("a caller gives up after", Autoscale.PATIENCE.toString());
    }

    private void calls(Seen seen) {
        Paced.Outcome outcome = seen.outcome();
        account.add(CALLS, "calls", "calls", (double) outcome.calls());
        account.add(CALLS, "errors", "calls", (double) outcome.failed());
        account.add(CALLS, "p50", "ms", outcome.millis(50));
        account.add(CALLS, "p99", "ms", outcome.millis(99));
        account.add(CALLS, "max", "ms", outcome.millis(100));
        account.add(
                CALLS,
                "duplicates",
                "operations",
                ExactlyOnce.atMostOneExecution().violations(seen.history()).size());
        account.add(
                CALLS,
                "violations",
                "sentences",
                ExactlyOnce.violations(seen.history(), seen.keys()).size());
    }

    /** What never happened has no figure, so that nothing that is asserted of it holds. */
    private void nodes(Seen seen) {
        ScalingCourse course = seen.course();
        seconds("up", "reaction", course.decidedUp());
        seconds("up", "ready", course.readyUp());
        seconds("down", "reaction", course.decidedDown());
        seconds("down", "ready", course.backToOne());
        account.add("nodes", "decisions", "decisions", seen.decisions().size());
        account.add("nodes", "most", "nodes", course.mostReady());
        account.add("nodes", "last", "nodes", 1 + seen.startedLeft());
        account.add("nodes", "over", "node-seconds", course.over());
        account.add("nodes", "under", "node-seconds", course.under());
    }

    private void seconds(String subject, String metric, OptionalDouble time) {
        time.ifPresent(seconds -> account.add(subject, metric, "s", seconds));
    }

    private void marks(Seen seen) {
        ScalingCourse course = seen.course();
        account.mark(course.riseAt(), "the load rises to three nodes' worth");
        account.mark(course.fallAt(), "the load falls to one node's worth");
        seen.decisions()
                .forEach(decision -> account.mark(
                        Duration.between(seen.began(), decision.at()).toMillis() / 1e3,
                        "decision " + decision.number() + ": " + decision.reason()));
    }

    private void notes(Seen seen) {
        account.note(
                "A call is right when it gets the recorded answer of its operation, first or replayed. Nobody repeats a"
                        + " call; one in eight is made under a key that was sent earlier. The balancer takes a node in when its"
                        + " /readyz says that it is ready, leaves it out when that says no or nothing, and takes the next node when"
                        + " a connection is refused.");
        account.note(
                "Up: from the rise of the load until three nodes were to be (reaction) and until three were ready."
                        + " Down: from its fall until fewer than three were to be, and until one was left. Looked at every second.");
        account.note("Over and under are node-seconds for which more, or fewer, nodes were ready than the load took at "
                + run.callsPerNode() + " calls a second for each.");
        account.note(
                "Duplicates are operations whose service may have executed them twice; violations are all broken"
                        + " promises of exactly-once, for which every key is sent again after the load until it says how it ended.");
        seen.troubles().forEach(account::note);
        ExactlyOnce.violations(seen.history(), seen.keys()).stream().limit(5).forEach(account::note);
    }
}
