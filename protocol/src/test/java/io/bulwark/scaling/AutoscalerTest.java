package io.bulwark.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.scaling.Autoscaler.Evaluation;
import io.bulwark.scaling.Decision.Kind;
import io.bulwark.wire.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What limits a size: bounds, schedules, pause, dry run, emergencies, and who else changes it. */
class AutoscalerTest {
    private static final String CPU = "'targets':[{'metric':'cpu','average':0.7}]";
    private static final String AT_ONCE = "'scaleDown':{'stabilization':'PT0S'},";
    private static final Duration TICK = Duration.ofSeconds(15);

    @ParameterizedTest(name = "{0} of {1} at {2}: {3}")
    @CsvSource(delimiter = '|', textBlock = """
            enough               | 3 | 0.70 | 3 | ''        | 3 nodes stay: cpu asks for 3 (0.7 a node, 0.7 wanted).
            nearly enough        | 3 | 0.76 | 3 | ''        | 3 nodes stay: cpu asks for 3 (0.76 a node, 0.7 wanted).
            too much to do       | 3 | 0.90 | 4 | ''        | From 3 to 4 nodes: cpu asks for 4 (0.9 a node, 0.7 wanted).
            too little to do     | 4 | 0.30 | 2 | ''        | From 4 to 2 nodes: cpu asks for 2 (0.3 a node, 0.7 wanted).
            idle                 | 4 | 0.10 | 2 | minimum   | From 4 to 2 nodes: cpu asks for 1 (0.1 a node, 0.7 wanted); the minimum is kept.
            fewer than may be    | 1 | 0.10 | 2 | minimum   | From 1 to 2 nodes: cpu asks for 1 (0.1 a node, 0.7 wanted); the minimum is kept.
            more than may be     | 9 | 1.00 | 6 | maximum   | From 9 to 6 nodes: cpu asks for 13 (1 a node, 0.7 wanted); the maximum is reached.
            more than may be had | 5 | 1.00 | 6 | maximum   | From 5 to 6 nodes: cpu asks for 8 (1 a node, 0.7 wanted); the maximum is reached.
            """)
    void firstEvaluation_staysWithinBoundsAndSaysWhy(
            String story, int size, double cpu, int expected, String limits, String reason) {
        ScalingRig rig = new ScalingRig("{'minimum':2,'maximum':6," + AT_ONCE + CPU + "}").says("cpu", all(size, cpu));
        Evaluation evaluation = rig.evaluate();
        assertThat(evaluation.outlook().desired()).as(story).isEqualTo(expected);
        assertThat(evaluation.outlook().reason()).isEqualTo(reason);
        assertThat(String.join(",", evaluation.outlook().limits())).isEqualTo(limits);
        assertThat(ScalingRig.decisions(evaluation.events())).hasSize(size == expected ? 0 : 1);
    }

    /** Nothing is known of the time before: what there is counts as recommended. */
    @Test
    void firstEvaluation_withAWindow_doesNotShrink() {
        ScalingRig rig = new ScalingRig("{" + CPU + "}").says("cpu", all(6, 0.2));
        assertThat(rig.evaluate().outlook().limits()).containsExactly("stabilization");
        assertThat(rig.after(Duration.ofMinutes(6))
                        .says("cpu", all(6, 0.2))
                        .evaluate()
                        .outlook()
                        .desired())
                .isEqualTo(2);
    }

    @Test
    void shrinking_waitsForTheWindowAndThenHappensOnce() {
        ScalingRig rig = new ScalingRig("{" + CPU + "}").says("cpu", all(6, 0.7));
        rig.evaluate();
        for (int second = 15; second < 300; second += 15) {
            Evaluation evaluation = rig.after(TICK).says("cpu", all(6, 0.2)).evaluate();
            assertThat(evaluation.outlook().limits()).containsExactly("stabilization");
            assertThat(evaluation.outlook().reason())
                    .isEqualTo("6 nodes stay: cpu asks for 2 (0.2 a node, 0.7 wanted); "
                            + "stabilization waits until that has been asked for long enough.");
            assertThat(ScalingRig.decisions(evaluation.events())).isEmpty();
        }
        Evaluation then = rig.after(TICK).says("cpu", all(6, 0.2)).evaluate();
        assertThat(ScalingRig.decisions(then.events()))
                .singleElement()
                .matches(decision -> decision.from() == 6 && decision.to() == 2);
        assertThat(rig.after(TICK).says("cpu", all(6, 0.2)).evaluate().events()).isEmpty();
    }

    @Test
    void growing_isPaced() {
        ScalingRig rig = new ScalingRig("{'targets':[{'metric':'callsPerSecond','average':10}]}");
        int[] sizes = {2, 6, 12, 24, 48};
        for (int i = 0; i + 1 < sizes.length; i++) {
            Evaluation evaluation =
                    rig.says("callsPerSecond", all(sizes[i], 500.0 / sizes[i])).evaluate();
            assertThat(evaluation.outlook().desired()).isEqualTo(sizes[i + 1]);
            assertThat(evaluation.outlook().reason()).endsWith("; scaleUp allows no more at a time.");
            rig.after(TICK).says("callsPerSecond", all(sizes[i + 1], 500.0 / sizes[i + 1]));
            assertThat(rig.evaluate().outlook().desired()).isEqualTo(sizes[i + 1]);
            rig.after(TICK);
        }
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource({
        // In winter Vienna is an hour ahead of UTC, in summer two.
        "0 8 * * *, 2026-01-15T06:59:59Z, 2",
        "0 8 * * *, 2026-01-15T07:00:00Z, 5",
        "0 8 * * *, 2026-01-15T08:59:59Z, 5",
        "0 8 * * *, 2026-01-15T09:00:00Z, 2",
        "0 8 * * *, 2026-07-15T05:59:59Z, 2",
        "0 8 * * *, 2026-07-15T06:00:00Z, 5",
        "0 8 * * *, 2026-07-15T08:00:00Z, 2",
        // A day that never comes.
        "0 8 31 2 *, 2026-03-01T08:00:00Z, 2",
        "0 8 29 2 *, 2026-03-01T08:00:00Z, 2",
        // The clocks are put forward at 01:00 UTC: two hours from 01:30 end at 04:30 of the new time.
        "30 1 * * *, 2026-03-29T00:29:59Z, 2",
        "30 1 * * *, 2026-03-29T00:30:00Z, 5",
        "30 1 * * *, 2026-03-29T01:30:00Z, 5",
        "30 1 * * *, 2026-03-29T02:29:59Z, 5",
        "30 1 * * *, 2026-03-29T02:30:00Z, 2",
        // They leave out 02:30, which is then an hour later.
        "30 2 * * *, 2026-03-29T01:29:59Z, 2",
        "30 2 * * *, 2026-03-29T01:30:00Z, 5",
        "30 2 * * *, 2026-03-29T03:29:59Z, 5",
        "30 2 * * *, 2026-03-29T03:30:00Z, 2",
        "30 3 * * *, 2026-03-29T01:30:00Z, 5",
        "30 3 * * *, 2026-03-29T03:30:00Z, 2",
        // They are put back at 01:00 UTC: 02:30 comes twice and begins it twice.
        "30 2 * * *, 2026-10-25T00:29:59Z, 2",
        "30 2 * * *, 2026-10-25T00:30:00Z, 5",
        "30 2 * * *, 2026-10-25T01:29:59Z, 5",
        "30 2 * * *, 2026-10-25T02:45:00Z, 5",
        "30 2 * * *, 2026-10-25T03:29:59Z, 5",
        "30 2 * * *, 2026-10-25T03:30:00Z, 2"
    })
    void schedule_raisesTheMinimumInItsZone(String cron, Instant at, int expected) {
        ScalingRig rig = new ScalingRig("{" + CPU + ",'schedules':[{'name':'rush','cron':'" + cron
                        + "','for':'PT2H','zone':'Europe/Vienna','minimum':5}]}")
                .after(Duration.between(ScalingRig.START, at))
                .says("cpu", all(2, 0.7));
        Evaluation evaluation = rig.evaluate();
        assertThat(evaluation.outlook().desired()).isEqualTo(expected);
        assertThat(evaluation.outlook().reason())
                .isEqualTo(
                        expected == 2
                                ? "2 nodes stay: cpu asks for 2 (0.7 a node, 0.7 wanted)."
                                : "From 2 to 5 nodes: cpu asks for 2 (0.7 a node, 0.7 wanted); a schedule keeps more.");
    }

    @ParameterizedTest(name = "maximum {0}, schedules of 5 and {1}: {2}")
    @CsvSource({"50, 7, 7", "50, 3, 5", "4, 7, 4"})
    void schedules_ofTheSameTime_countTheLargestWithinTheMaximum(int maximum, int other, int expected) {
        ScalingRig rig = new ScalingRig("{'maximum':" + maximum + "," + CPU + ",'schedules':["
                        + "{'name':'a','cron':'* * * * *','for':'PT1M','minimum':5},"
                        + "{'name':'b','cron':'* * * * *','for':'PT1M','minimum':" + other + "}]}")
                .says("cpu", all(2, 0.7));
        assertThat(rig.evaluate().outlook().desired()).isEqualTo(expected);
    }

    @Test
    void pause_decidesNothingAndSaysWhatItWould() {
        ScalingRig rig = new ScalingRig("{'paused':true," + CPU + "}").says("cpu", all(3, 1));
        Evaluation evaluation = rig.evaluate();
        assertThat(ScalingRig.decisions(evaluation.events())).isEmpty();
        assertThat(evaluation.outlook().recommended()).isEqualTo(5);
        assertThat(evaluation.outlook().desired()).isEqualTo(3);
        assertThat(evaluation.outlook().reason())
                .isEqualTo("3 nodes stay: cpu asks for 5 (1 a node, 0.7 wanted); the policy is paused.");
        assertThat(ScalingRig.decisions(
                        rig.emergency(8, false, Duration.ofHours(1)).evaluate().events()))
                .singleElement()
                .matches(decision -> decision.kind() == Kind.EMERGENCY && decision.to() == 8);
    }

    @Test
    void dryRun_recordsEachDecisionOnce() {
        ScalingRig rig = new ScalingRig("{'dryRun':true," + CPU + "}").says("cpu", all(3, 1));
        assertThat(ScalingRig.decisions(rig.evaluate().events()))
                .singleElement()
                .matches(decision -> decision.kind() == Kind.DRY_RUN && decision.to() == 5);
        for (int i = 0; i < 100; i++) {
            assertThat(rig.after(TICK).says("cpu", all(3, 1)).evaluate().events())
                    .allMatch(ScalingEvent.DemandSeen.class::isInstance);
        }
    }

    @ParameterizedTest(name = "{0} nodes, forced {1}: {2}")
    @CsvSource({
        "8, false, 8, emergency",
        "9, false, 6, 'emergency,maximum'",
        "9, true, 9, emergency",
        "1, false, 1, emergency"
    })
    void emergency_isBoundedByTheMaximumUnlessForced(int nodes, boolean force, int expected, String limits) {
        ScalingRig rig = new ScalingRig("{'minimum':2,'maximum':" + (nodes == 8 ? 8 : 6) + "," + CPU + "}")
                .says("cpu", all(3, 0.7))
                .emergency(nodes, force, Duration.ofHours(1));
        Decision decision = ScalingRig.decisions(rig.evaluate().events()).getFirst();
        assertThat(decision.to()).isEqualTo(expected);
        assertThat(decision.kind()).isEqualTo(Kind.EMERGENCY);
        assertThat(String.join(",", decision.limits())).isEqualTo(limits);
        assertThat(decision.reason())
                .isEqualTo("From 3 to " + expected + " nodes: " + nodes
                        + " were ordered until 2026-11-27T13:00:00Z (the fair begins).");
        assertThat(rig.after(TICK)
                        .says("cpu", all(expected, 0.1))
                        .evaluate()
                        .outlook()
                        .desired())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void emergency_thatIsOver_isSaidOnceAndThePolicyCountsAgain(boolean takenBack) {
        ScalingRig rig =
                new ScalingRig("{" + CPU + "}").says("cpu", all(3, 0.7)).emergency(9, false, Duration.ofMinutes(10));
        rig.evaluate();
        rig.after(Duration.ofMinutes(4)).says("cpu", all(9, 0.23)).evaluate();
        rig.after(Duration.ofMinutes(takenBack ? 5 : 6)).says("cpu", all(9, 0.23));
        if (takenBack) {
            rig.apply(new ScalingEvent.EmergencyEnded(rig.now, "it is over"));
        }
        Evaluation over = rig.evaluate();
        assertThat(over.events().stream().filter(ScalingEvent.EmergencyEnded.class::isInstance))
                .hasSize(takenBack ? 0 : 1);
        assertThat(ScalingRig.decisions(over.events()))
                .singleElement()
                .matches(decision -> decision.kind() == Kind.DECIDED && decision.to() == 3);
        assertThat(rig.after(TICK).says("cpu", all(3, 0.7)).evaluate().events().stream()
                        .filter(ScalingEvent.EmergencyEnded.class::isInstance))
                .isEmpty();
    }

    @Test
    void size_changedBySomebodyElse_isJournalledAndDecidedAnew() {
        ScalingRig rig = new ScalingRig("{" + CPU + "}").says("cpu", all(3, 0.7));
        assertThat(rig.evaluate().events())
                .startsWith(new ScalingEvent.Resized(rig.now, 3, 3))
                .hasSize(2);
        Evaluation evaluation = rig.after(TICK).says("cpu", all(2, 1)).evaluate();
        assertThat(evaluation.events()).startsWith(new ScalingEvent.Resized(rig.now, 3, 2));
        assertThat(ScalingRig.decisions(evaluation.events()))
                .singleElement()
                .matches(decision -> decision.from() == 2 && decision.to() == 3);
        Evaluation larger = rig.after(TICK).says("cpu", all(8, 0.7)).evaluate();
        assertThat(larger.events()).startsWith(new ScalingEvent.Resized(rig.now, 2, 8));
        assertThat(larger.outlook().desired()).isEqualTo(8);
    }

    @Test
    void size_thatSomebodyElseTakesBack_isDecidedAgainOnce() {
        ScalingRig rig = new ScalingRig("{" + CPU + "}").says("cpu", all(3, 1));
        rig.evaluate();
        assertThat(rig.after(TICK).says("cpu", all(5, 0.6)).evaluate().events()).hasSize(1);
        Evaluation again = rig.after(TICK).says("cpu", all(3, 1)).evaluate();
        assertThat(ScalingRig.decisions(again.events()))
                .singleElement()
                .matches(decision -> decision.from() == 3 && decision.to() == 5);
        assertThat(rig.after(TICK).says("cpu", all(3, 1)).evaluate().events()).isEmpty();
    }

    @Test
    void dryRun_thatIsOver_decidesWhatWasOnlyRecorded() {
        ScalingRig rig = new ScalingRig("{'dryRun':true," + CPU + "}").says("cpu", all(3, 1));
        rig.evaluate();
        rig.apply(new ScalingEvent.PolicyPut(2, Json.read("{" + CPU + "}", ScalingPolicy.class)));
        assertThat(ScalingRig.decisions(
                        rig.after(TICK).says("cpu", all(3, 1)).evaluate().events()))
                .singleElement()
                .matches(decision -> decision.kind() == Kind.DECIDED && decision.from() == 3 && decision.to() == 5);
        assertThat(rig.after(TICK).says("cpu", all(3, 1)).evaluate().events()).isEmpty();
    }

    @Test
    void decisions_areNumberedWithoutGapsAcrossCoordinators() {
        ScalingRig rig = new ScalingRig("{" + CPU + "}");
        for (int i = 0; i < 20; i++) {
            rig.says("cpu", all(3 + i % 2, i % 2 == 0 ? 1 : 0.1)).evaluate();
            rig.after(Duration.ofMinutes(6)).restarted();
        }
        assertThat(ScalingRig.decisions(rig.journal))
                .hasSizeGreaterThan(10)
                .extracting(Decision::number)
                .isEqualTo(IntStream.rangeClosed(
                                1, ScalingRig.decisions(rig.journal).size())
                        .mapToObj(Long::valueOf)
                        .toList());
        assertThat(rig.state.decisions()).isEqualTo(ScalingRig.decisions(rig.journal));
    }

    @Test
    void journal_whileNothingChanges_getsTheDemandOnly() {
        ScalingRig rig = new ScalingRig("{}").says("cpu", all(3, 0.7));
        rig.evaluate();
        for (int i = 0; i < 240; i++) {
            assertThat(rig.after(TICK).says("cpu", all(3, 0.7)).evaluate().events())
                    .allMatch(ScalingEvent.DemandSeen.class::isInstance);
        }
        assertThat(rig.state.demand().buckets()).hasSize(12);
    }

    static double[] all(int nodes, double value) {
        return IntStream.range(0, nodes).mapToDouble(i -> value).toArray();
    }
}
