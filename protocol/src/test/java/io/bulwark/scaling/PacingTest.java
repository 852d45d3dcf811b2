package io.bulwark.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.scaling.Behavior.Select;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How far the size may move, in the manner of the table {@code TestScalingWithRules} of the Kubernetes
 * HorizontalPodAutoscaler (horizontal_test.go). A policy is {@code 4/15s} nodes or {@code 100%/60s} of them, a change
 * {@code +2@30s} two more thirty seconds ago.
 */
class PacingTest {
    private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    private static Behavior behavior(Select select, String policies) {
        return new Behavior(
                Duration.ZERO,
                0.1,
                select,
                Stream.of(policies.split(" ", -1)).map(PacingTest::policy).toList());
    }

    private static RatePolicy policy(String text) {
        String[] parts = text.replace("s", "").split("/", -1);
        boolean percent = parts[0].endsWith("%");
        return new RatePolicy(
                percent ? RatePolicy.Type.PERCENT : RatePolicy.Type.NODES,
                Integer.parseInt(parts[0].replace("%", "")),
                Duration.ofSeconds(Integer.parseInt(parts[1])));
    }

    private static Pacing changes(String text) {
        Pacing pacing = Pacing.NONE;
        for (String change : text.equals("none") ? List.<String>of() : List.of(text.split(" ", -1))) {
            String[] parts = change.replace("s", "").split("@", -1);
            pacing = pacing.plus(new Pacing.Change(
                    NOW.minusSeconds(Integer.parseInt(parts[1])), Integer.parseInt(parts[0].replace("+", ""))));
        }
        return pacing;
    }

    @ParameterizedTest
    @CsvSource({
        "a number of nodes,                      10, MAX,      4/60s,          none,               14",
        "a part of the nodes,                    10, MAX,      100%/60s,       none,               20",
        "a part is rounded up,                    5, MAX,      11%/60s,        none,                6",
        "the larger of two,                      10, MAX,      4/60s 100%/60s, none,               20",
        "the smaller of two,                     10, MIN,      4/60s 100%/60s, none,               14",
        "never,                                  10, DISABLED, 4/60s,          none,               10",
        "what was added counts,                  12, MAX,      4/60s,          +2@30s,             14",
        "what was added long ago does not,       12, MAX,      4/60s,          +2@61s,             16",
        "all is used up,                         14, MAX,      4/60s,          +4@10s,             14",
        "more was added than may be,             19, MAX,      4/60s,          +9@10s,             19",
        "a part of what there was before,        20, MAX,      100%/60s,       +10@30s,            20",
        "what was taken meanwhile counts,         8, MAX,      4/60s,          -2@30s,             14",
        "up and down within the period,          11, MAX,      4/60s,          +3@40s -2@20s,      14",
        "each policy has its period,             12, MAX,      4/60s 5/10s,    +2@30s,             17",
        "the smaller with periods,               12, MIN,      4/60s 5/10s,    +2@30s,             14",
        "the defaults: twofold or four,           1, MAX,      100%/15s 4/15s, none,                5",
        "the defaults when there are many,       30, MAX,      100%/15s 4/15s, none,               60",
    })
    void highest_byRule_isAllowed(
            String story, int current, Select select, String policies, String changes, int expected) {
        assertThat(changes(changes).highest(current, behavior(select, policies), NOW))
                .as(story)
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "a number of nodes,                      10, MAX,      4/60s,          none,                6",
        "a part of the nodes,                    10, MAX,      20%/60s,        none,                8",
        "a part is rounded down,                  5, MAX,      50%/60s,        none,                2",
        "the larger step of two,                 10, MAX,      4/60s 50%/60s,  none,                5",
        "the smaller step of two,                10, MIN,      4/60s 50%/60s,  none,                6",
        "never,                                  10, DISABLED, 4/60s,          none,               10",
        "what was taken counts,                   8, MAX,      4/60s,          -2@30s,              6",
        "what was taken long ago does not,        8, MAX,      4/60s,          -2@61s,              4",
        "all is used up,                          6, MAX,      4/60s,          -4@10s,              6",
        "more was taken than may be,              1, MAX,      4/60s,          -9@10s,              1",
        "what was added meanwhile counts,        12, MAX,      4/60s,          +2@30s,              6",
        "everything by default,                  10, MAX,      100%/15s,       none,                0",
        "more than there are,                     3, MAX,      7/15s,          none,               -4",
    })
    void lowest_byRule_isAllowed(
            String story, int current, Select select, String policies, String changes, int expected) {
        assertThat(changes(changes).lowest(current, behavior(select, policies), NOW))
                .as(story)
                .isEqualTo(expected);
    }
}
