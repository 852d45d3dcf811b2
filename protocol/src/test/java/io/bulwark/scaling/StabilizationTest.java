package io.bulwark.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.scaling.Stabilization.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The cases of TestNormalizeDesiredReplicas and TestNormalizeDesiredReplicasWithBehavior of Kubernetes
 * (pkg/controller/podautoscaler/horizontal_test.go). What was recommended before is {@code nodes@minutes ago}, the windows
 * are in seconds.
 */
class StabilizationTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            empty log                                      |                     | 100 |   5 |   0 | 300 |   5
            stabilize                                      | 4@2 5@1             | 100 |   3 |   0 | 300 |   5
            no stabilize                                   | 1@2 2@1             | 100 |   3 |   0 | 300 |   3
            no stabilize, old recommendations              | 10@10 9@9           | 100 |   3 |   0 | 300 |   3
            stabilize, old recommendations                 | 10@10 4@1 5@2 9@9   | 100 |   3 |   0 | 300 |   5
            empty recommendations for scaling down         |                     | 100 |   5 |   0 |   0 |   5
            simple scale down stabilization                | 4@2 5@1             | 100 |   3 |   0 | 180 |   5
            simple scale up stabilization                  | 4@2 5@1             |   1 |   7 | 300 |   0 |   4
            no scale down stabilization                    | 1@2 2@1             | 100 |   3 | 300 |   0 |   3
            no scale up stabilization                      | 4@2 5@1             |   1 |   3 |   0 | 300 |   3
            no scale down stabilization, all is old        | 10@10 9@9           | 100 |   3 |   0 |   0 |   3
            no scale up stabilization, all is old          | 10@10 9@9           |   1 | 100 |   0 |   0 | 100
            scale down stabilization, some is old          | 10@10 4@1 5@2 9@9   | 100 |   3 |   0 | 180 |   5
            scale up stabilization, some is old            | 10@100 6@1 5@2 9@3  |   1 | 100 | 300 |   0 |   5
            both, not up when the recommendation goes down | 2@100 3@3           |   2 |   1 | 300 | 300 |   2
            both, not down when it goes up                 | 2@100 1@3           |   2 |   3 | 300 | 300 |   2
            the end of the window does not count           | 9@5                 | 100 |   3 |   0 | 300 |   3
            """)
    void settle_isWhatKubernetesSays(
            String story,
            @Nullable String before,
            int current,
            int recommended,
            int upSeconds,
            int downSeconds,
            int expected) {
        Stabilization history = new Stabilization(before == null ? List.of() : runs(before));
        assertThat(history.settle(
                        current, recommended, within(Behavior.UP, upSeconds), within(Behavior.DOWN, downSeconds), NOW))
                .as(story)
                .isEqualTo(expected);
    }

    @Test
    void run_countsForAsLongAsItLasts() {
        Stabilization history =
                Stabilization.NONE.plus(9, minutesAgo(60)).seen(minutesAgo(6)).plus(3, minutesAgo(4));
        Behavior five = within(Behavior.DOWN, 300);
        assertThat(history.settle(9, 3, Behavior.UP, five, NOW)).isEqualTo(3);
        assertThat(history.settle(9, 3, Behavior.UP, five, NOW.minusSeconds(61)))
                .isEqualTo(9);
    }

    @Test
    void seen_earlierThanTheRunBegan_changesNothing() {
        Stabilization history = Stabilization.NONE.plus(9, NOW);
        assertThat(history.seen(minutesAgo(1))).isEqualTo(history);
        assertThat(Stabilization.NONE.seen(NOW)).isEqualTo(Stabilization.NONE);
    }

    @Test
    void isNews_whenTheNumberIsAnother() {
        assertThat(Stabilization.NONE.isNews(3)).isTrue();
        assertThat(Stabilization.NONE.plus(3, NOW).isNews(3)).isFalse();
        assertThat(Stabilization.NONE.plus(3, NOW).plus(4, NOW).isNews(3)).isTrue();
    }

    @Test
    void history_isKeptForAnHourAndBounded() {
        Stabilization old = Stabilization.NONE.plus(9, minutesAgo(61)).plus(3, NOW);
        assertThat(old.runs()).containsExactly(new Run(3, NOW, NOW));
        Stabilization flapping = Stabilization.NONE;
        for (int i = 0; i < 5_000; i++) {
            flapping = flapping.plus(i % 2, NOW.plusMillis(i));
        }
        assertThat(flapping.runs()).hasSize(1_000);
    }

    private static Behavior within(Behavior behavior, int seconds) {
        return new Behavior(Duration.ofSeconds(seconds), behavior.tolerance(), behavior.select(), behavior.policies());
    }

    private static List<Run> runs(String before) {
        return Stream.of(before.split(" "))
                .map(each -> each.split("@"))
                .map(each -> new Run(
                        Integer.parseInt(each[0]),
                        minutesAgo(Integer.parseInt(each[1])),
                        minutesAgo(Integer.parseInt(each[1]))))
                .toList();
    }

    private static Instant minutesAgo(int minutes) {
        return NOW.minus(Duration.ofMinutes(minutes));
    }
}
