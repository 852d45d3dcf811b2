package io.bulwark.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AutoscalerTest {
    private static final String CALLS = "callsPerSecond";
    private static final String POLICY =
            "{'minimum':2,'maximum':10,'targets':[{'metric':'callsPerSecond','average':100}]";

    private static ScalingRig rig(String more, int size) {
        return new ScalingRig(POLICY + more + "}", size);
    }

    private static IntFunction<Double> each(double value) {
        return node -> value;
    }

    @Test
    void load_thatRises_asksForNodesAndSaysWhy() {
        ScalingRig rig = rig("", 3);

        Outlook outlook = rig.evaluate(CALLS, each(150));

        assertThat(outlook.desired()).isEqualTo(5);
        assertThat(rig.decisions()).hasSize(1);
        assertThat(rig.decisions().getFirst().number()).isEqualTo(1);
        assertThat(outlook.reason())
                .isEqualTo("From 3 to 5 nodes: callsPerSecond asks for 5 (150 a node, 100 wanted).");
    }

    @Test
    void load_thatStays_isNotJournalled() {
        ScalingRig rig = rig("", 3);
        rig.evaluate(CALLS, each(100));
        int written = rig.journal.size();

        rig.evaluateFor(Duration.ofHours(1), CALLS, each(103));

        assertThat(rig.journal).hasSizeLessThan(written + 15);
        assertThat(rig.decisions()).isEmpty();
    }

    @Test
    void load_thatFalls_isWaitedForFiveMinutes() {
        ScalingRig rig = rig("", 6);
        rig.evaluate(CALLS, each(100));

        assertThat(rig.evaluateFor(Duration.ofMinutes(4), CALLS, each(30)).limits())
                .contains("stabilization");
        assertThat(rig.size).isEqualTo(6);
        rig.evaluateFor(Duration.ofMinutes(2), CALLS, each(30));
        assertThat(rig.size).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"1, 2, minimum", "14, 10, maximum"})
    void size_outsideOfItsBounds_isBroughtToThemAtOnce(int size, int expected, String limit) {
        Outlook outlook = rig("", size).evaluate(CALLS, each(100));

        assertThat(outlook.desired()).isEqualTo(expected);
        assertThat(outlook.limits()).containsExactly(limit);
    }

    @Test
    void growth_beyondTheMaximum_saysSo() {
        Outlook outlook = rig("", 8).evaluate(CALLS, each(200));

        assertThat(outlook.desired()).isEqualTo(10);
        assertThat(outlook.limits()).contains("maximum");
    }

    @Test
    void growth_isPacedByTheDefaults() {
        ScalingRig rig = rig(",'scaleUp':{'policies':[{'type':'nodes','value':1,'per':'PT1M'}]}", 3);

        assertThat(rig.evaluate(CALLS, each(300)).limits()).contains("scaleUp");
        assertThat(rig.size).isEqualTo(4);
        rig.evaluate(CALLS, each(300));
        assertThat(rig.size).isEqualTo(4);
        rig.evaluateFor(Duration.ofMinutes(1), CALLS, each(300));
        assertThat(rig.size).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -5, Double.POSITIVE_INFINITY, 1e300, 99_000, 0})
    void oneNode_thatLies_doesNotSwingTheResult(double lie) {
        ScalingRig rig = rig("", 4);

        rig.evaluateFor(Duration.ofMinutes(20), CALLS, node -> node == 2 ? lie : 380.0 / rig.size);

        assertThat(rig.size).isBetween(3, 7);
    }

    @Test
    void oneNode_thatIsSilent_keepsTheSize() {
        ScalingRig rig = rig("", 4);
        rig.evaluate(CALLS, each(95));
        rig.silence(1);

        rig.evaluateFor(Duration.ofMinutes(20), CALLS, each(95));

        assertThat(rig.size).isEqualTo(4);
    }

    @Test
    void metric_thatStopsComing_neverShrinks() {
        ScalingRig rig = rig("", 6);
        rig.evaluate(CALLS, each(20));
        for (int i = 0; i < 6; i++) {
            rig.silence(i);
        }

        Outlook last = rig.evaluateFor(Duration.ofHours(1), CALLS, each(20));

        assertThat(rig.size).isEqualTo(6);
        assertThat(rig.decisions()).isEmpty();
        assertThat(last.recommendations().getFirst().known()).isZero();
    }

    @Test
    void custom_metric_countsWhileItIsFresh() {
        ScalingRig rig = new ScalingRig("{'maximum':20,'targets':[{'metric':'custom.jobs','average':10}]}", 2);
        rig.custom.put("custom.jobs", new Observed.Custom(75, rig.now.plusSeconds(60)));

        assertThat(rig.evaluate(CALLS, each(0)).desired()).isEqualTo(6);
        assertThat(rig.evaluate(CALLS, each(0)).desired()).isEqualTo(8);
        Outlook later = rig.evaluateFor(Duration.ofMinutes(30), CALLS, each(0));
        assertThat(later.desired()).isEqualTo(8);
        assertThat(later.recommendations().getFirst().note()).isEqualTo("nobody reports it");
    }

    @Test
    void rule_thatHoldsLongEnough_actsOncePerCooldown() {
        ScalingRig rig = new ScalingRig(
                "{'targets':[],'rules':[{'name':'queue','metric':'queueDepth','operator':'above','threshold':100,"
                        + "'for':'PT1M','action':'add','step':2,'cooldown':'PT5M'}]}",
                2);

        rig.evaluateFor(Duration.ofSeconds(30), "queueDepth", each(500));
        assertThat(rig.size).isEqualTo(2);
        rig.evaluateFor(Duration.ofSeconds(30), "queueDepth", each(500));
        assertThat(rig.size).isEqualTo(4);
        rig.evaluateFor(Duration.ofMinutes(4), "queueDepth", each(500));
        assertThat(rig.size).isEqualTo(4);
        rig.restart();
        rig.evaluateFor(Duration.ofMinutes(1), "queueDepth", each(500));
        assertThat(rig.size).isEqualTo(6);
    }

    @Test
    void rule_thatRemoves_yieldsToATarget() {
        ScalingRig rig = rig(
                ",'rules':[{'name':'idle','metric':'inFlight','operator':'below','threshold':5,'for':'PT0S',"
                        + "'action':'remove'}]",
                4);

        rig.evaluateFor(Duration.ofMinutes(10), CALLS, each(100));

        assertThat(rig.size).isEqualTo(4);
    }

    @Test
    void pause_keepsTheSize_andAnEmergencyCountsAllTheSame() {
        ScalingRig rig = rig(",'paused':true", 3);
        assertThat(rig.evaluate(CALLS, each(300)).limits()).contains("paused");
        assertThat(rig.size).isEqualTo(3);
        assertThat(rig.decisions()).isEmpty();

        rig.apply(new ScalingEvent.EmergencyDeclared(
                new Emergency(20, false, "launch", rig.now, rig.now.plusSeconds(60))));
        Outlook outlook = rig.evaluate(CALLS, each(10));
        assertThat(outlook.desired()).isEqualTo(10);
        assertThat(outlook.limits()).containsExactly("emergency", "maximum");
        assertThat(rig.decisions().getLast().kind()).isEqualTo(Decision.Kind.EMERGENCY);

        rig.evaluateFor(Duration.ofMinutes(2), CALLS, each(100));
        assertThat(rig.state.emergency()).isEmpty();
        assertThat(rig.size).isEqualTo(10);
    }

    @Test
    void emergency_withForce_passesTheMaximum() {
        ScalingRig rig = rig("", 3);
        rig.apply(new ScalingEvent.EmergencyDeclared(
                new Emergency(20, true, "launch", rig.now, rig.now.plusSeconds(600))));

        rig.evaluate(CALLS, each(10));

        assertThat(rig.size).isEqualTo(20);
    }

    @Test
    void dryRun_isJournalledOnce_andNotCarriedOut() {
        ScalingRig rig = rig(",'dryRun':true", 3);

        rig.evaluateFor(Duration.ofMinutes(5), CALLS, each(150));

        assertThat(rig.size).isEqualTo(3);
        assertThat(rig.decisions()).singleElement().satisfies(decision -> {
            assertThat(decision.kind()).isEqualTo(Decision.Kind.DRY_RUN);
            assertThat(decision.to()).isEqualTo(5);
        });
    }

    /** Clocks in Vienna go forward on 2026-03-29 at 2, and back on 2026-10-25 at 3. */
    @ParameterizedTest
    @CsvSource({
        "2026-11-26T06:59:00Z, 2",
        "2026-11-26T07:00:00Z, 5",
        "2026-11-26T15:59:00Z, 5",
        "2026-11-26T16:00:00Z, 2",
        "2026-07-01T05:59:00Z, 2",
        "2026-07-01T06:00:00Z, 5",
        "2026-07-01T14:59:00Z, 5",
        "2026-07-01T15:00:00Z, 2",
        "2026-03-29T06:00:00Z, 5",
        "2026-10-25T06:30:00Z, 2",
        "2026-10-25T07:00:00Z, 5",
    })
    void schedule_inItsTimes_raisesTheMinimum(Instant now, int expected) {
        ScalingRig rig = rig(
                ",'schedules':[{'name':'day','cron':'0 8 * * *','for':'PT9H','zone':'Europe/Vienna','minimum':5}]", 2);
        rig.now = now;

        assertThat(rig.evaluate(CALLS, each(100)).desired()).isEqualTo(expected);
    }

    @Test
    void forecast_raisesAheadOfTime_andNeverLowers() {
        ScalingRig rig = rig(",'forecast':{'mode':'raise','season':'PT1H','ahead':'PT10M'}", 2);
        Instant begin = rig.now;
        for (int hour = 0; hour < 2; hour++) {
            rig.now = begin.plus(Duration.ofHours(hour));
            rig.evaluateFor(Duration.ofMinutes(29), CALLS, node -> 200.0 / rig.size);
            rig.evaluateFor(Duration.ofMinutes(29), CALLS, node -> 700.0 / rig.size);
        }
        rig.now = begin.plus(Duration.ofHours(2));
        rig.evaluateFor(Duration.ofMinutes(12), CALLS, node -> 200.0 / rig.size);
        assertThat(rig.size).isEqualTo(2);

        Outlook ahead = rig.evaluateFor(Duration.ofMinutes(8), CALLS, node -> 200.0 / rig.size);

        assertThat(ahead.desired()).isBetween(7, 8);
        assertThat(ahead.reason()).contains("forecast asks for");
    }

    @Test
    void size_thatSomebodyElseChanged_isTakenAsItIs() {
        ScalingRig rig = rig("", 3);
        rig.evaluate(CALLS, each(100));
        rig.size = 5;

        Outlook outlook = rig.evaluate(CALLS, each(100));

        assertThat(outlook.size()).isEqualTo(5);
        assertThat(outlook.desired()).isEqualTo(5);
    }

    @Test
    void decisions_areNumberedWithoutGaps_andBounded() {
        ScalingRig rig = rig(",'scaleDown':{'stabilization':'PT0S'}", 2);
        for (int i = 0; i < 1_500; i++) {
            rig.evaluate(CALLS, each(i % 2 == 0 ? 150 : 50));
        }

        List<Long> numbers = rig.decisions().stream().map(Decision::number).toList();
        assertThat(numbers).hasSizeLessThanOrEqualTo(ScalingState.DECISIONS_MAX).isSorted();
        assertThat(numbers.getLast() - numbers.getFirst()).isEqualTo(numbers.size() - 1);
    }

    @Test
    void nodesThatAreExpected_areStarting() {
        ScalingRig rig = rig("", 3);
        Outlook outlook = rig.evaluate(new Observed(3, List.of(), Map.of()));

        assertThat(outlook.desired()).isEqualTo(3);
        assertThat(outlook.recommendations().getFirst().unknown()).isEqualTo(3);
    }
}
