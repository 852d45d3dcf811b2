package io.bulwark.scaling;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What was recommended of late, so that a moment does not decide: to shrink takes what was enough all the time, to grow
 * what was asked for all the time (Kubernetes, "Stabilization window"). Runs of the same number are one entry. Hard:
 * journalled when the number changes; how long the last run has lasted is taken to be until now after a restart.
 *
 * @param runs oldest first; kept for an hour, the longest window
 */
public record Stabilization(List<Run> runs) {
    static final Stabilization NONE = new Stabilization(List.of());
    private static final java.time.Duration KEPT = java.time.Duration.ofHours(1);
    private static final int RUNS_MAX = 1_000;

    /** A number that was recommended from one instant to another, both included. */
    public record Run(int nodes, Instant first, Instant last) {
        Run until(Instant later) {
            return later.isAfter(last) ? new Run(nodes, first, later) : this;
        }
    }

    public Stabilization {
        runs = List.copyOf(runs);
    }

    /** Whether this is another number than the last. */
    boolean isNews(int nodes) {
        return runs.isEmpty() || runs.getLast().nodes() != nodes;
    }

    /** Another number from now on; the run before lasted until it was last seen. */
    Stabilization plus(int nodes, Instant at) {
        List<Run> after = new ArrayList<>(runs);
        after.add(new Run(nodes, at, at));
        after.removeIf(run -> run.last().isBefore(at.minus(KEPT)));
        return new Stabilization(
                after.size() <= RUNS_MAX ? after : after.subList(after.size() - RUNS_MAX, after.size()));
    }

    /** The last number is still the one. */
    Stabilization seen(Instant at) {
        if (runs.isEmpty()) {
            return this;
        }
        List<Run> after = new ArrayList<>(runs);
        after.set(after.size() - 1, after.getLast().until(at));
        return new Stabilization(after);
    }

    /** The recommendation that is left of one when those of the windows before count too. */
    int settle(int current, int recommended, Behavior up, Behavior down, Instant now) {
        int atLeast = recommended;
        int atMost = recommended;
        for (Run run : runs) {
            if (run.last().isAfter(now.minus(up.stabilization()))) {
                atLeast = Math.min(atLeast, run.nodes());
            }
            if (run.last().isAfter(now.minus(down.stabilization()))) {
                atMost = Math.max(atMost, run.nodes());
            }
        }
        return Math.min(Math.max(current, atLeast), atMost);
    }
}
