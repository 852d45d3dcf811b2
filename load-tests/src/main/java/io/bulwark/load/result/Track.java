package io.bulwark.load.result;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The seconds of a run, put together where there are more than can be shown: calls as their mean, failures as their
 * mean rounded up, latencies as the median of medians and the worst of the others, gauges as their mean.
 *
 * @param width how many seconds each point stands for; 1 or more
 */
record Track(List<Second> points, int width) {
    Track {
        points = List.copyOf(points);
    }

    /** With so many points at most. */
    static Track of(List<Second> seconds, int pointsMax) {
        int width = Math.max(1, Math.ceilDiv(seconds.size(), pointsMax));
        List<Second> points = IntStream.range(0, Math.ceilDiv(seconds.size(), width))
                .mapToObj(i -> seconds.subList(i * width, Math.min((i + 1) * width, seconds.size())))
                .map(Track::together)
                .toList();
        return new Track(points, width);
    }

    private static Second together(List<Second> seconds) {
        long failed = seconds.stream().mapToLong(Second::failed).sum();
        double[] medians =
                seconds.stream().mapToDouble(Second::p50Millis).sorted().toArray();
        return new Second(
                seconds.getFirst().at(),
                Math.round(seconds.stream().mapToLong(Second::calls).average().orElse(0)),
                Math.ceilDiv(failed, seconds.size()),
                medians[medians.length / 2],
                worst(seconds, Second::p99Millis),
                worst(seconds, Second::maxMillis),
                gauges(seconds));
    }

    private static double worst(List<Second> seconds, ToDoubleFunction<Second> latency) {
        return seconds.stream().mapToDouble(latency).max().orElse(0);
    }

    private static Map<String, Double> gauges(List<Second> seconds) {
        return seconds.stream()
                .flatMap(second -> second.gauges().entrySet().stream())
                .collect(Collectors.groupingBy(Map.Entry::getKey, Collectors.averagingDouble(Map.Entry::getValue)));
    }
}
