package io.bulwark.scaling;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How much the size has moved of late, and by that how far it may still move (Kubernetes, "Scaling policies"). Hard: each
 * change is journalled. Percent are counted in whole numbers and give a node that is begun; Kubernetes counts them in binary
 * fractions, by which a tenth of a hundred nodes is eleven.
 *
 * @param changes oldest first; kept for half an hour, the longest period
 */
public record Pacing(List<Change> changes) {
    static final Pacing NONE = new Pacing(List.of());
    private static final Duration KEPT = Duration.ofMinutes(30);
    private static final int CHANGES_MAX = 1_000;

    /** A change of the size by so many nodes, fewer if negative. */
    public record Change(Instant at, int by) {}

    public Pacing {
        changes = List.copyOf(changes);
    }

    Pacing plus(Change change) {
        List<Change> after = new ArrayList<>(changes);
        after.add(change);
        after.removeIf(each -> each.at().isBefore(change.at().minus(KEPT)));
        return new Pacing(
                after.size() <= CHANGES_MAX ? after : after.subList(after.size() - CHANGES_MAX, after.size()));
    }

    /** The largest size that is allowed now; at least the current one. */
    int highest(int current, Behavior behavior, Instant now) {
        return switch (behavior.select()) {
            case DISABLED -> current;
            case MAX -> Math.max(current, reach(current, behavior, now).max().orElse(current));
            case MIN -> Math.max(current, reach(current, behavior, now).min().orElse(current));
        };
    }

    /** The smallest size that is allowed now; at most the current one. */
    int lowest(int current, Behavior behavior, Instant now) {
        return switch (behavior.select()) {
            case DISABLED -> current;
            case MAX -> Math.min(current, depth(current, behavior, now).min().orElse(current));
            case MIN -> Math.min(current, depth(current, behavior, now).max().orElse(current));
        };
    }

    private IntStream reach(int current, Behavior behavior, Instant now) {
        return behavior.policies().stream().mapToInt(policy -> {
            long before = sizeBefore(current, policy, now);
            return bounded(
                    switch (policy.type()) {
                        case NODES -> before + policy.value();
                        case PERCENT -> Math.ceilDiv(before * (100L + policy.value()), 100L);
                    });
        });
    }

    private IntStream depth(int current, Behavior behavior, Instant now) {
        return behavior.policies().stream().mapToInt(policy -> {
            long before = sizeBefore(current, policy, now);
            return bounded(
                    switch (policy.type()) {
                        case NODES -> before - policy.value();
                        case PERCENT -> Math.floorDiv(before * (100L - policy.value()), 100L);
                    });
        });
    }

    private long sizeBefore(int current, RatePolicy policy, Instant now) {
        Instant since = now.minus(policy.per());
        return current
                - changes.stream()
                        .filter(change -> change.at().isAfter(since))
                        .mapToLong(Change::by)
                        .sum();
    }

    private static int bounded(long nodes) {
        return (int) Math.clamp(nodes, -1_000_000L, 1_000_000L);
    }
}
