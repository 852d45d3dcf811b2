package io.bulwark.load.scenario;

import io.bulwark.load.result.Second;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Whether something grows while the load stays the same: the median of the last third of a run over that of the second.
 * The first third is left out, because a cold node and empty tables have to grow. Both medians count as at least the
 * floor, so that what is too small to matter cannot fail.
 */
final class Growth {
    private Growth() {}

    /**
     * The ratio; empty when a third has no value.
     *
     * @param value of a second, if there is one
     * @param floor more than 0, in the unit of the value
     */
    static OptionalDouble of(List<Second> seconds, Function<Second, Stream<Double>> value, double floor) {
        int third = seconds.size() / 3;
        OptionalDouble second = median(seconds.subList(third, 2 * third), value);
        OptionalDouble last = median(seconds.subList(2 * third, seconds.size()), value);
        return second.isEmpty() || last.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.max(floor, last.getAsDouble()) / Math.max(floor, second.getAsDouble()));
    }

    private static OptionalDouble median(List<Second> seconds, Function<Second, Stream<Double>> value) {
        double[] sorted = seconds.stream()
                .flatMap(value)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        int middle = sorted.length / 2;
        return switch (sorted.length) {
            case 0 -> OptionalDouble.empty();
            default ->
                OptionalDouble.of(sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
        };
    }
}
