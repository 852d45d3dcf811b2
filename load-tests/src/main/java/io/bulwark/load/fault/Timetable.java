package io.bulwark.load.fault;

import io.bulwark.load.fault.Fault.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Plans for runs of a given length: the kinds in turn, at even distances, each on a node by chance. */
public final class Timetable {
    private static final Duration FIRST_AT = Duration.ofSeconds(10);

    private Timetable() {}

    /**
     * The first fault begins after 10 s, and the last a whole distance before the end.
     *
     * @param lasting of the run
     * @param distance between the beginnings of two faults; long enough to get over each
     * @param kinds in the order of their turns; those of {@link Kind#KILL}, {@link Kind#PAUSE}, {@link Kind#PARTITION}
     */
    public static FaultPlan of(long seed, int nodes, Duration lasting, Duration distance, List<Kind> kinds) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Fault> faults = new ArrayList<>();
        for (Duration at = FIRST_AT; at.plus(distance).compareTo(lasting) <= 0; at = at.plus(distance)) {
            Kind kind = kinds.get(faults.size() % kinds.size());
            faults.add(fault(kind, random.nextInt(nodes), at, random));
        }
        if (faults.isEmpty()) {
            throw new IllegalArgumentException(
                    "In " + lasting + " there is no room for a fault: expected at least " + FIRST_AT.plus(distance));
        }
        return new FaultPlan(seed, faults);
    }

    /** What a mark in a chart says. */
    public static String words(Fault fault) {
        return switch (fault) {
            case Fault.Kill(int node, Duration at, Duration restartAfter) ->
                "kill node " + (node + 1) + ", start it after " + seconds(restartAfter);
            case Fault.Pause(int node, Duration at, Duration lasting) ->
                "pause node " + (node + 1) + " for " + seconds(lasting);
            case Fault.Partition(Set<Integer> minority, Duration at, Duration lasting) ->
                "cut off node "
                        + minority.stream()
                                .sorted()
                                .map(node -> "" + (node + 1))
                                .collect(Collectors.joining(", ")) + " for " + seconds(lasting);
            case Fault.SlowLink(int node, Duration delay, Duration at, Duration lasting) ->
                "node " + (node + 1) + " hears " + delay.toMillis() + " ms late for " + seconds(lasting);
            case Fault.BrokenLink(int node, Duration at) -> "break the connections to node " + (node + 1);
            case Fault.Roll roll -> "restart each node in turn";
        };
    }

    private static Fault fault(Kind kind, int node, Duration at, SplittableRandom random) {
        return switch (kind) {
            case KILL -> new Fault.Kill(node, at, millis(random, 1_000, 6_000));
            case PAUSE -> new Fault.Pause(node, at, millis(random, 1_000, 6_000));
            case PARTITION -> new Fault.Partition(Set.of(node), at, millis(random, 4_000, 10_000));
            case SLOW_LINK, BROKEN_LINK, ROLL ->
                throw new IllegalArgumentException(
                        kind + " has no place in a timetable: expected KILL, PAUSE, PARTITION");
        };
    }

    private static Duration millis(SplittableRandom random, int least, int bound) {
        return Duration.ofMillis(random.nextInt(least, bound));
    }

    private static String seconds(Duration time) {
        return Math.floorDiv(time.toMillis(), 100L) / 10.0 + " s";
    }
}
