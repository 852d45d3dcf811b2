package io.bulwark.load.comparison;

import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

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
                new StartComparison(clock, progress));
    }

    /** @throws IllegalArgumentException when there is none of this name; the message lists those that are */
    public static Comparison named(String name, List<Comparison> all) {
        return all.stream()
                .filter(comparison -> comparison.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("There is no comparison '" + name + "': expected one of "
                                + all.stream().map(Comparison::name).collect(Collectors.joining(", "))));
    }
}
