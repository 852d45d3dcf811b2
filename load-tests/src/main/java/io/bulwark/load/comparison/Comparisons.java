package io.bulwark.load.comparison;

import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/** All comparisons that there are. */
public final class Comparisons {
    private Comparisons() {}

    /**
     * All of them, in the order in which they are run.
     *
     * @param clock dates the results
     * @param progress is given a line for people whenever a subject has had its turn
     */
    public static List<Comparison> all(InstantSource clock, Consumer<String> progress) {
        return List.of(
                new LimitComparison(clock, progress),
                new ClusterComparison(clock, progress),
                new OperationComparison(clock, progress),
                new CircuitComparison(clock, progress),
                new OverheadComparison(clock, progress),
                new StartComparison(clock, progress),
                new BackupComparison(clock, progress));
    }
}
