package io.bulwark.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.scaling.Proportion.Proposal;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The numbers of the tests of Kubernetes' replica calculator (pkg/controller/podautoscaler/replica_calculator_test.go),
 * with its tolerance of 0.1. Readings are what is known of each node, {@code -} where that is missing and {@code *} where
 * the node is starting.
 */
class ProportionTest {
    private static final double TOLERANCE = 0.1;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            scale up                                       |  3 | 0.3 0.5 0.7           | 0.30 |  5
            scale up, unready: less                        |  3 | * 0.5 0.7             | 0.30 |  4
            scale up, unready: not at all                  |  3 | 0.4 * *               | 0.30 |  3
            scale up, failed and deleted do not count      |  2 | 0.5 0.7               | 0.30 |  4
            scale down                                     |  5 | 0.1 0.3 0.5 0.25 0.25 | 0.50 |  3
            scale down, unready do not count               |  5 | 0.1 0.3 0.5 * *       | 0.50 |  2
            scale down, unscheduled do not count           |  5 | 0.1 * * * *           | 0.50 |  1
            tolerance                                      |  3 | 1.122 1.03 0.927      | 1.00 |  3
            tolerance, just beyond                         | 10 | 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 | 0.56 |  9
            tolerance, just within                         | 10 | 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 | 0.55 | 10
            superfluous metrics                            |  4 | 4 9.5 3 7             | 1.00 | 24
            missing: scale down, but less                  |  4 | 0.4 0.095 - -         | 1.00 |  3
            missing: no change where equal                 |  2 | 1.0 -                 | 1.00 |  2
            missing: no change where more                  |  2 | 1.9 -                 | 1.00 |  2
            missing: no change where less                  |  2 | 0.6 -                 | 1.00 |  2
            missing and unready: no change                 |  3 | * 0.45 -              | 0.50 |  3
            missing and unready: scale up                  |  3 | * 2.0 -               | 0.50 |  4
            missing and unready: scale down                |  4 | * 0.1 0.1 -           | 0.50 |  3
            rolling update with one more than there are    |  2 | 0.1 0.1 -             | 0.50 |  2
            """)
    void ofAShare_isWhatKubernetesSays(String story, int current, String readings, double target, int expected) {
        assertThat(proposal("cpu", target, readings, current).nodes()).as(story).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            scale up                        | 3 | 20 10 30       | 15 | 4
            scale up, unready ones say it   | 3 | 50 10 30       | 15 | 6
            scale up, most are unready      | 3 | 50 15 30       | 15 | 7
            scale up from one               | 1 | 8.6            | 4.4 | 2
            scale down                      | 5 | 12 12 12 12 12 | 20 | 3
            tolerance                       | 3 | 20 21 21       | 20 | 3
            missing counts as the target    | 4 | 5 5 - -        | 20 | 3
            """)
    void ofAnAmount_isWhatKubernetesSays(String story, int current, String readings, double target, int expected) {
        assertThat(proposal("callsPerSecond", target, readings, current).nodes())
                .as(story)
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            object, scale up      | 3 | 20     | 5     | 4
            object, scale down    | 5 | 6      | 2     | 3
            object, tolerance     | 4 | 20.166 | 5     | 4
            external, scale up    | 3 | 8.6    | 2.15  | 4
            external, scale down  | 5 | 8.6    | 2.867 | 3
            external, tolerance   | 3 | 8.6    | 2.9   | 3
            nothing to do         | 3 | 0      | 5     | 0
            """)
    void ofTheWhole_isWhatKubernetesSaysPerPod(String story, int current, double whole, double target, int expected) {
        Target each = new Target(new MetricName("custom.qps"), target);
        assertThat(Proportion.ofWhole(each, whole, current, TOLERANCE, TOLERANCE)
                        .nodes())
                .as(story)
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"4, - - - -", "3, * * *", "2, - *"})
    void of_whereNothingIsKnown_isEmpty(int current, String readings) {
        assertThat(Proportion.of(
                        new Target(new MetricName("cpu"), 0.5), readings(readings), current, TOLERANCE, TOLERANCE))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0.80, 0, 0.1, 11", "0.80, 0.2, 0, 10", "0.60, 0, 0.2, 10", "0.60, 0.2, 0, 9", "0.70, 0, 0, 10"})
    void tolerance_isThatOfTheDirection(double load, double up, double down, int expected) {
        List<Reading> readings = Stream.generate(() -> (Reading) new Reading.Known(load))
                .limit(10)
                .toList();
        Target target = new Target(new MetricName("cpu"), load > 0.7 ? 0.75 : load < 0.7 ? 0.67 : 0.7);
        assertThat(Proportion.of(target, readings, 10, up, down).orElseThrow().nodes())
                .isEqualTo(expected);
    }

    @Test
    void needed_isNotRoundedAndKnowsNoTolerance() {
        assertThat(proposal("cpu", 1, "1.05 1.05 -", 3).needed()).isEqualTo(2.1);
        assertThat(proposal("cpu", 1, "1.05 1.05 -", 3).nodes()).isEqualTo(3);
    }

    private static Proposal proposal(String metric, double target, String readings, int current) {
        return Proportion.of(
                        new Target(new MetricName(metric), target), readings(readings), current, TOLERANCE, TOLERANCE)
                .orElseThrow();
    }

    private static List<Reading> readings(String readings) {
        return Stream.of(readings.split(" "))
                .map(each -> switch (each) {
                    case "-" -> new Reading.Missing();
                    case "*" -> new Reading.Starting();
                    default -> new Reading.Known(Double.parseDouble(each));
                })
                .map(Reading.class::cast)
                .toList();
    }
}
