package io.bulwark.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.scaling.Behavior.Select;
import io.bulwark.scaling.Pacing.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The cases of TestScalingWithRules, TestConvertDesiredReplicasWithRules and TestCalculateScale*Limit* of Kubernetes
 * (pkg/controller/podautoscaler/horizontal_test.go). Policies are {@code nodes/seconds} or {@code percent%/seconds}; none is
 * the default of the direction. Changes before are {@code nodes@seconds ago}.
 */
class PacingTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            within the range                               |   5 |    7 |   3 |    8 |                 |                    |   7
            above the maximum                              |  20 | 1000 |   1 |   10 |                 |                    |  10
            more than the maximum                          | 100 | 1000 | 100 |  150 |                 |                    | 150
            default, by four where that is more            |   3 | 1000 |   1 | 2000 |                 |                    |   7
            default, twice as many                         |  10 |   50 |   1 | 1000 |                 |                    |  20
            policy below the maximum                       |   3 | 1000 |   1 | 2000 | 1%/60           |                    |   4
            nodes allow more than percent                  |  10 |  500 |   1 | 1000 | 100/60 100%/60  |                    | 110
            percent allows more than nodes                 |  10 |  500 |   1 | 1000 | 2/60 100%/60    |                    |  20
            a large policy of nodes                        |  10 |   50 |   1 | 1000 | 100/60          |                    |  50
            a larger policy of nodes                       |  10 |   50 |   1 | 1000 | 10000/60        |                    |  50
            limited by nodes                               |  10 |   50 |   1 | 1000 | 30/60           |                    |  40
            limited by percent                             |  10 |   50 |   1 | 1000 | 200%/60         |                    |  30
            maximum, large policy of nodes, changes        | 100 |  500 |   1 |  200 | 300/60          | 1@100 5@60 9@20    | 200
            maximum, large policy of percent, changes      | 100 |  500 |   1 |  200 | 10000%/60       | 1@100 5@60 9@20    | 200
            more changes than the policy allows: none      | 100 |  500 |   1 | 1000 | 5/120           | 1@100 5@60 9@20    | 100
            nodes and changes                              | 100 |  500 |   1 | 1000 | 150/120         | 1@100 5@60 9@20    | 235
            percent and changes                            | 100 |  500 |   1 | 1000 | 200%/120        | 1@100 5@60 9@20    | 255
            percent and changes both ways                  |   6 |   24 |   1 | 1000 | 300%/300        | 4@60 -2@60         |  16
            one policy, some changes are over              | 100 |  200 |   1 | 1000 | 1000/60         | 8@105 12@75 9@45 11@15 | 200
            two policies, no change is over                | 100 |  200 |   1 | 1000 | 1000/120 100%/60 | 8@105 12@75 9@45 11@15 | 200
            two policies, some changes are over            | 100 |  200 |   1 | 1000 | 1000/30 100%/60 | 8@105 12@75 9@45 11@15 | 200
            a tenth of a hundred is ten                    | 100 |  500 |   1 | 1000 | 10%/60          |                    | 110
            """)
    void up_isWhatKubernetesSays(
            String story,
            int current,
            int asked,
            int minimum,
            int maximum,
            @Nullable String policies,
            @Nullable String changes,
            int expected) {
        int highest = pacing(changes).highest(current, behavior(Behavior.UP, Select.MAX, policies), NOW);
        assertThat(Math.clamp(Math.min(asked, highest), minimum, maximum))
                .as(story)
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            below the minimum                              |    3 |   1 | 2 |    8 |                 |                    |   2
            to nothing, where that is allowed              |    1 |   0 | 0 |   10 |                 |                    |   0
            policy above the minimum                       | 1000 |   3 | 3 | 2000 | 20/60           |                    | 980
            nodes allow more than percent                  |  100 |   2 | 1 | 1000 | 20/60 1%/60     |                    |  80
            still nodes                                    |  100 |   2 | 1 | 1000 | 2/60 1%/60      |                    |  98
            minimum, large policy of nodes                 |   10 |   0 | 1 | 1000 | 100/60          |                    |   1
            minimum, large policy of percent               |   10 |   2 | 5 | 1000 | 100%/60         |                    |   5
            limited by nodes                               |   10 |   2 | 1 | 1000 | 5/60            |                    |   5
            within what percent allows                     |   10 |   5 | 1 | 1000 | 50%/60          |                    |   5
            default and changes                            |   10 |   5 | 1 | 1000 |                 | -1@100 -5@60 -9@20 |   5
            minimum, large policy of nodes, changes        |  100 |   0 | 1 | 1000 | 115/120         | -1@100 -5@60 -9@20 |   1
            higher minimum, policy of nodes, changes       |  100 |   0 | 5 | 1000 | 130/120         | -1@100 -5@60 -9@20 |   5
            higher minimum, policy of percent, changes     |  100 |   2 | 5 | 1000 | 100%/120        | -1@100 -5@60 -9@20 |   5
            more changes than the policy allows: none      |  100 |   2 | 1 | 1000 | 5/120           | -1@100 -5@60 -9@20 | 100
            percent and changes                            |  100 |   0 | 1 | 1000 | 50%/120         | -2@100 -4@60 -6@20 |  56
            percent and changes both ways                  |   10 |   1 | 1 | 1000 | 50%/180         | 2@60 -4@60         |   6
            changes beyond percent                         |  100 |   0 | 1 | 1000 | 10%/120         | -10@100 -10@60 -10@20 | 100
            more than all                                  |   10 |   5 | 1 | 1000 | 1000%/120       | -10@100 -10@60 -10@20 |   5
            one policy, some changes are over              |  100 |   5 | 1 | 1000 | 1000/60         | -8@105 -12@75 -9@45 -11@15 |   5
            two policies, no change is over                |  100 |   5 | 1 | 1000 | 1000/120 100%/60 | -8@105 -12@75 -9@45 -11@15 |   5
            two policies, some changes are over            |  100 |   5 | 1 | 1000 | 1000/30 100%/60 | -8@105 -12@75 -9@45 -11@15 |   5
            nine tenths of ten leave one                   |   10 |   0 | 0 | 1000 | 90%/60          |                    |   1
            """)
    void down_isWhatKubernetesSays(
            String story,
            int current,
            int asked,
            int minimum,
            int maximum,
            @Nullable String policies,
            @Nullable String changes,
            int expected) {
        int lowest = pacing(changes).lowest(current, behavior(Behavior.DOWN, Select.MAX, policies), NOW);
        assertThat(Math.clamp(Math.max(asked, lowest), minimum, maximum))
                .as(story)
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} of {1}: {2} to {3}")
    @CsvSource(delimiter = '|', textBlock = """
            MIN      | 1 |  0 |  2
            MAX      | 1 | -1 |  3
            DISABLED | 1 |  1 |  1
            MIN      | 5 |  3 |  7
            MAX      | 5 |  2 |  8
            DISABLED | 5 |  5 |  5
            """)
    void twoNodesOrHalf_asSelected(Select select, int current, int lowest, int highest) {
        assertThat(Pacing.NONE.lowest(current, behavior(Behavior.DOWN, select, "2/60 50%/60"), NOW))
                .isEqualTo(lowest);
        assertThat(Pacing.NONE.highest(current, behavior(Behavior.UP, select, "2/60 50%/60"), NOW))
                .isEqualTo(highest);
    }

    @Test
    void min_ofDifferentPeriods_isThatWhichAllowsTheLeast() {
        Pacing pacing = pacing("4@90");
        assertThat(pacing.highest(10, behavior(Behavior.UP, Select.MIN, "5/60 5/120"), NOW))
                .isEqualTo(11);
        assertThat(pacing.highest(10, behavior(Behavior.UP, Select.MAX, "5/60 5/120"), NOW))
                .isEqualTo(15);
    }

    @Test
    void changes_areKeptForHalfAnHourAndBounded() {
        Pacing old = pacing("7@1801").plus(new Change(NOW, 1));
        assertThat(old.changes()).containsExactly(new Change(NOW, 1));
        Pacing busy = Pacing.NONE;
        for (int i = 0; i < 5_000; i++) {
            busy = busy.plus(new Change(NOW.plusMillis(i), 1));
        }
        assertThat(busy.changes()).hasSize(1_000);
    }

    private static Behavior behavior(Behavior otherwise, Select select, @Nullable String policies) {
        List<RatePolicy> rates = policies == null
                ? otherwise.policies()
                : Stream.of(policies.split(" ")).map(PacingTest::policy).toList();
        return new Behavior(Duration.ZERO, 0.1, select, rates);
    }

    private static RatePolicy policy(String written) {
        String[] parts = written.split("/", -1);
        boolean percent = parts[0].endsWith("%");
        return new RatePolicy(
                percent ? RatePolicy.Type.PERCENT : RatePolicy.Type.NODES,
                Integer.parseInt(parts[0].replace("%", "")),
                Duration.ofSeconds(Integer.parseInt(parts[1])));
    }

    private static Pacing pacing(@Nullable String changes) {
        return new Pacing(
                changes == null
                        ? List.of()
                        : Stream.of(changes.split(" "))
                                .map(each -> each.split("@"))
                                .map(each -> new Change(
                                        NOW.minusSeconds(Integer.parseInt(each[1])), Integer.parseInt(each[0])))
                                .toList());
    }
}
