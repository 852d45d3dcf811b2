package io.bulwark.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.scaling.Reading.Known;
import io.bulwark.scaling.Reading.Missing;
import io.bulwark.scaling.Reading.Starting;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The published test cases of the Kubernetes HorizontalPodAutoscaler (pkg/controller/podautoscaler,
 * replica_calculator_test.go), by their names there. Of a resource the levels are written as shares of what was requested,
 * {@code -} is a pod of which nothing is known and {@code *} one that is not ready.
 */
class ProportionTest {
    private static final double TOLERANCE = 0.1;

    private static List<Reading> readings(String text) {
        return Stream.of(text.split(" ", -1))
                .<Reading>map(word -> switch (word) {
                    case "-" -> new Missing();
                    case "*" -> new Starting();
                    default -> new Known(Double.parseDouble(word));
                })
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ScaleUp,                        3, 0.30, 0.3 0.5 0.7,               5",
        "ScaleUpUnreadyLessScale,        3, 0.30, * 0.5 0.7,                 4",
        "ScaleUpUnreadyNoScale,          3, 0.30, 0.4 * *,                   3",
        "ScaleUpIgnoresFailedPods,       2, 0.30, 0.5 0.7,                   4",
        "ScaleDown,                      5, 0.50, 0.1 0.3 0.5 0.25 0.25,     3",
        "ScaleDownIncludeUnreadyPods,    5, 0.50, 0.1 0.3 0.5 * *,           2",
        "ScaleDownExcludeUnscheduled,    5, 0.50, 0.1 * * * *,               1",
        "Tolerance,                      3, 1.00, 1.01 1.03 1.02,            3",
        "SuperfluousMetrics,             4, 1.00, 4 9.5 3 7,                24",
        "MissingMetrics,                 4, 1.00, 0.4 0.095 - -,             3",
        "MissingMetricsNoChangeEq,       2, 1.00, 1 -,                       2",
        "MissingMetricsNoChangeGt,       2, 1.00, 1.9 -,                     2",
        "MissingMetricsNoChangeLt,       2, 1.00, 0.6 -,                     2",
        "MissingMetricsUnreadyChange,    3, 0.50, * 0.45 -,                  3",
        "MissingMetricsUnreadyScaleUp,   3, 0.50, * 2 -,                     4",
        "MissingMetricsUnreadyScaleDown, 4, 0.50, * 0.1 0.1 -,               3",
        "RollingUpdateWithMaxSurge,      2, 0.50, 0.1 0.1 -,                 2",
    })
    void resource_publishedCase_asksForThePublishedNumber(
            String name, int current, double target, String levels, int expected) {
        Target cpu = new Target(new MetricName("cpu"), target);

        assertThat(Proportion.of(cpu, readings(levels), current, TOLERANCE, TOLERANCE)
                        .orElseThrow()
                        .nodes())
                .as(name)
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ScaleUpCM,                        3, 15000, 20000 10000 30000,             4",
        "ScaleUpCMUnreadyHotCpuNoLess,     3, 15000, 50000 10000 30000,             6",
        "ScaleUpCMUnreadyHotCpuScaleDown,  3, 15000, 50000 15000 30000,             7",
        "ScaleDownCM,                      5, 20000, 12000 12000 12000 12000 12000, 3",
        "ToleranceCM,                      3, 20000, 20000 21000 21000,             3",
    })
    void metric_publishedCase_asksForThePublishedNumber(
            String name, int current, double target, String levels, int expected) {
        Target calls = new Target(new MetricName("callsPerSecond"), target);

        assertThat(Proportion.of(calls, readings(levels), current, TOLERANCE, TOLERANCE)
                        .orElseThrow()
                        .nodes())
                .as(name)
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ScaleUpPerPodCMExternal,   3,  8600, 2150, 4",
        "ScaleUpCMPerPodObject,     3, 20000, 5000, 4",
        "ScaleDownPerPodCMObject,   5,  6000, 2000, 3",
        "ScaleDownPerPodCMExternal, 5,  8600, 2867, 3",
        "TolerancePerPodCMObject,   4, 20166, 5000, 4",
        "TolerancePerPodCMExternal, 3,  8600, 2900, 3",
    })
    void whole_publishedCase_asksForThePublishedNumber(
            String name, int current, double whole, double target, int expected) {
        Target qps = new Target(new MetricName("custom.qps"), target);

        assertThat(Proportion.ofWhole(qps, whole, current, TOLERANCE, TOLERANCE).nodes())
                .as(name)
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"- -", "* *", "- *"})
    void nothingKnown_saysNothing(String levels) {
        Target cpu = new Target(new MetricName("cpu"), 0.5);

        assertThat(Proportion.of(cpu, readings(levels), 2, TOLERANCE, TOLERANCE))
                .isEmpty();
    }

    @Test
    void twentyToTwentyOne_withToleranceZero_counts() {
        Target qps = new Target(new MetricName("custom.qps"), 1);

        assertThat(Proportion.ofWhole(qps, 21, 20, 0, 0).nodes()).isEqualTo(21);
        assertThat(Proportion.ofWhole(qps, 21, 20, TOLERANCE, TOLERANCE).nodes())
                .isEqualTo(20);
    }
}
