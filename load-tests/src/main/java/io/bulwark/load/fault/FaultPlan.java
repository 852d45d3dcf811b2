package io.bulwark.load.fault;

import io.bulwark.load.fault.Fault.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** The faults of a run, in the order in which they begin. Those of one seed are always the same. */
public record FaultPlan(long seed, List<Fault> faults) {
    public FaultPlan {
        faults = List.copyOf(faults);
    }

    /** A plan of given faults, for a test that needs no chance. */
    public static FaultPlan of(Fault... faults) {
        return new FaultPlan(0, List.of(faults));
    }

    /**
     * A plan by chance: each fault begins 2 to 6 s after the one before was to end, and strikes one node, so that a
     * majority is always left.
     *
     * @param nodes how many there are to choose from
     * @param count how many faults
     * @param kinds to choose from
     */
    public static FaultPlan random(long seed, int nodes, int count, Set<Kind> kinds) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Kind> choice = kinds.stream().sorted().toList();
        List<Fault> faults = new ArrayList<>();
        Duration at = Duration.ZERO;
        for (int i = 0; i < count; i++) {
            Duration begin = at.plus(millis(random, 2_000, 6_000));
            Duration lasting = millis(random, 500, 12_000);
            Kind kind = choice.get(random.nextInt(choice.size()));
            faults.add(fault(kind, random.nextInt(nodes), begin, lasting, millis(random, 20, 250)));
            at = begin.plus(lasting);
        }
        return new FaultPlan(seed, faults);
    }

    private static Fault fault(Kind kind, int node, Duration at, Duration lasting, Duration delay) {
        return switch (kind) {
            case KILL -> new Fault.Kill(node, at, lasting);
            case PAUSE -> new Fault.Pause(node, at, lasting);
            case PARTITION -> new Fault.Partition(Set.of(node), at, lasting);
            case SLOW_LINK -> new Fault.SlowLink(node, delay, at, lasting);
            case BROKEN_LINK -> new Fault.BrokenLink(node, at);
            case ROLL -> new Fault.Roll(at, delay);
        };
    }

    private static Duration millis(SplittableRandom random, int least, int bound) {
        return Duration.ofMillis(random.nextInt(least, bound));
    }
}
