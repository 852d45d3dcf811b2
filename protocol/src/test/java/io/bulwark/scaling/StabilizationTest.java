package io.bulwark.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is left of a recommendation, in the manner of {@code TestNormalizeDesiredReplicasWithBehavior} of the Kubernetes
 * HorizontalPodAutoscaler (horizontal_test.go). The history is {@code 5@90s}: five were recommended ninety seconds ago.
 */
class StabilizationTest {
    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    private static Stabilization history(String text) {
        Stabilization history = Stabilization.NONE;
        for (String entry : text.equals("none") ? new String[0] : text.split(" ", -1)) {
            String[] parts = entry.replace("s", "").split("@", -1);
            history = history.plus(Integer.parseInt(parts[0]), NOW.minusSeconds(Integer.parseInt(parts[1])));
        }
        return history;
    }

    private static Behavior within(long seconds, Behavior of) {
        return new Behavior(Duration.ofSeconds(seconds), of.tolerance(), of.select(), of.policies());
    }

    @ParameterizedTest
    @CsvSource({
        "nothing was recommended before: up,          10, 15,   0, 300, none,          15",
        "nothing was recommended before: down,        10,  5,   0, 300, none,           5",
        "down waits for the highest of the window,    10,  5,   0, 300, 8@200s 6@100s,  8",
        "what is older than the window is forgotten,  10,  5,   0, 300, 8@301s 6@100s,  6",
        "never above what there is when shrinking,    10,  5,   0, 300, 20@100s,       10",
        "up at once by default,                       10, 15,   0, 300, 11@10s,        15",
        "up waits for the lowest of its window,       10, 15, 120, 300, 12@60s,        12",
        "up is not above what is asked for now,       10, 13, 120, 300, 18@60s,        13",
        "a dip in the window of up keeps the size,    10, 15, 120, 300, 9@60s,         10",
        "no window down either,                       10,  5,   0,   0, 9@60s,          5",
        "the edge of the window does not count,       10,  5,   0, 300, 8@300s,         5",
    })
    void settle_byHistory_isTheMostCareful(
            String story, int current, int recommended, long up, long down, String history, int expected) {
        assertThat(history(history)
                        .settle(current, recommended, within(up, Behavior.UP), within(down, Behavior.DOWN), NOW))
                .as(story)
                .isEqualTo(expected);
    }

    @Test
    void run_thatWasSeenUntilNow_countsAsLongAsItLasted() {
        Stabilization history =
                Stabilization.NONE.plus(8, NOW.minusSeconds(900)).seen(NOW.minusSeconds(15));

        assertThat(history.settle(8, 3, Behavior.UP, Behavior.DOWN, NOW)).isEqualTo(8);
        assertThat(history.settle(8, 3, Behavior.UP, Behavior.DOWN, NOW.plusSeconds(290)))
                .isEqualTo(3);
    }

    @Test
    void history_isBounded() {
        Stabilization history = Stabilization.NONE;
        for (int i = 0; i < 5_000; i++) {
            history = history.plus(i, NOW.plusMillis(i));
        }

        assertThat(history.runs()).hasSize(1_000);
        assertThat(history.plus(1, NOW.plus(Duration.ofHours(2))).runs()).hasSize(1);
    }
}
