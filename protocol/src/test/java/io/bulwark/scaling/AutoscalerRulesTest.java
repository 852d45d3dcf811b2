package io.bulwark.scaling;

import static io.bulwark.scaling.AutoscalerTest.all;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.scaling.Autoscaler.Evaluation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules with their times, and the forecast. */
class AutoscalerRulesTest {
    private static final String ADD =
            "'rules':[{'name':'queue','metric':'queueDepth','operator':'above','threshold':50,"
                    + "'for':'PT1M','action':'add','step':2,'cooldown':'PT5M'}]";
    private static final String REMOVE = "'rules':[{'name':'quiet','metric':'callsPerSecond','operator':'below',"
            + "'threshold':10,'for':'PT0S','action':'remove','step':1,'cooldown':'PT10M'}]";
    private static final Duration TICK = Duration.ofSeconds(15);

    @Test
    void rule_actsAfterItsTimeOnceAndAgainAfterItsCooldown() {
        ScalingRig rig = new ScalingRig("{'targets':[]," + ADD + "}");
        List<Instant> acted = play(rig, 60, 60);
        assertThat(acted)
                .containsExactly(
                        ScalingRig.START.plusSeconds(60),
                        ScalingRig.START.plusSeconds(360),
                        ScalingRig.START.plusSeconds(660));
        assertThat(ScalingRig.decisions(rig.journal))
                .extracting(Decision::reason)
                .first()
                .isEqualTo("From 2 to 4 nodes: rule queue asks for 4 (60 against a threshold of 50).");
        assertThat(rig.size).isEqualTo(8);
    }

    @Test
    void rule_thatAnotherCoordinatorGoesOnWith_keepsItsCooldownAndBeginsItsTimeAnew() {
        ScalingRig rig = new ScalingRig("{'targets':[]," + ADD + "}");
        play(rig, 60, 6);
        rig.restarted();
        assertThat(play(rig, 60, 30)).containsExactly(ScalingRig.START.plusSeconds(360));
        assertThat(play(rig, 60, 8)).isEmpty();
        rig.restarted();
        assertThat(play(rig, 60, 5)).containsExactly(ScalingRig.START.plusSeconds(720));
    }

    @Test
    void rule_thatDoesNotHoldInBetween_beginsAnew() {
        ScalingRig rig = new ScalingRig("{'targets':[]," + ADD + "}");
        assertThat(play(rig, 60, 4)).isEmpty();
        assertThat(play(rig, 50, 1)).isEmpty();
        assertThat(play(rig, 60, 4)).isEmpty();
        assertThat(play(rig, 60, 1)).hasSize(1);
    }

    @Test
    void rule_whoseMetricNobodyReports_doesNotHold() {
        ScalingRig rig = new ScalingRig("{'targets':[]," + ADD + "}").says("cpu", all(3, 1));
        Recommendation recommendation =
                rig.evaluate().outlook().recommendations().getFirst();
        assertThat(recommendation.nodes()).isEmpty();
        assertThat(recommendation.note()).isEqualTo("nobody reports its metric");
    }

    @Test
    void rule_whoseDecisionIsNotCarriedOutYet_doesNotTakeItBack() {
        ScalingRig rig = new ScalingRig("{'targets':[]," + ADD + "}");
        for (int i = 0; i < 100; i++) {
            rig.says("queueDepth", all(2, 60)).evaluate();
            rig.after(TICK);
        }
        assertThat(ScalingRig.decisions(rig.journal))
                .singleElement()
                .matches(decision -> decision.from() == 2 && decision.to() == 4);
        rig.restarted().says("queueDepth", all(2, 60)).evaluate();
        assertThat(rig.state.desired()).isEqualTo(4);
        rig.after(TICK).says("queueDepth", all(2, 0)).evaluate();
        assertThat(rig.state.desired()).isEqualTo(2);
    }

    @ParameterizedTest(name = "target asks {0}: {1}")
    @CsvSource({"0.70, 4", "0.60, 4", "0.50, 3", "0.20, 3", "1.00, 6"})
    void removeRule_neverGoesBelowWhatTargetsAsk(double cpu, int expected) {
        ScalingRig rig = new ScalingRig(
                "{'scaleDown':{'stabilization':'PT0S'},'targets':[{'metric':'cpu','average':0.7}]," + REMOVE + "}");
        rig.says("cpu", all(4, cpu));
        IntStream.range(0, 4)
                .forEach(i ->
                        rig.node(i, Map.of("cpu", cpu, "callsPerSecond", 1.0), rig.now, Duration.ofHours(1), true));
        Evaluation evaluation = rig.evaluate();
        assertThat(evaluation.outlook().desired()).isEqualTo(expected);
        assertThat(rig.state.ruleActed().containsKey("quiet")).isEqualTo(expected == 3);
    }

    @Test
    void removeRule_aloneNeverGoesBelowTheMinimum() {
        ScalingRig rig =
                new ScalingRig("{'minimum':3,'targets':[],'scaleDown':{'stabilization':'PT0S'}," + REMOVE + "}");
        rig.says("callsPerSecond", all(5, 0));
        for (int i = 0; i < 200; i++) {
            rig.says("callsPerSecond", all(rig.size, 0)).evaluate();
            rig.size = rig.state.desired() == 0 ? rig.size : rig.state.desired();
            rig.after(TICK);
        }
        assertThat(ScalingRig.decisions(rig.journal)).extracting(Decision::to).containsExactly(4, 3);
    }

    @Test
    void forecast_raisesAheadOfTime() {
        ScalingRig rig =
                yesterday("'targets':[{'metric':'cpu','average':0.7}]", 6.3).says("cpu", all(3, 0.7));
        assertThat(rig.evaluate().outlook().desired()).isEqualTo(3);
        Evaluation ahead =
                rig.after(Duration.ofMinutes(20)).says("cpu", all(3, 0.7)).evaluate();
        assertThat(ahead.outlook().reason()).isEqualTo("From 3 to 7 nodes: forecast asks for 7 (6.3).");
        assertThat(rig.after(Duration.ofHours(1))
                        .says("cpu", all(3, 0.7))
                        .evaluate()
                        .outlook()
                        .desired())
                .isEqualTo(3);
    }

    @Test
    void forecast_neverLowers() {
        ScalingRig rig =
                yesterday("'targets':[{'metric':'cpu','average':0.7}]", 2).after(Duration.ofMinutes(20));
        assertThat(rig.says("cpu", all(5, 0.7)).evaluate().outlook().desired()).isEqualTo(5);
        assertThat(rig.says("cpu", all(5, 1)).evaluate().outlook().desired()).isEqualTo(8);
    }

    @ParameterizedTest(name = "forecast of {0} at 5 nodes: {1}")
    @CsvSource({"2, 5", "5, 5", "6.3, 7"})
    void forecast_thatAloneSaysSomething_onlyRaises(double nodes, int expected) {
        ScalingRig without =
                yesterday("'targets':[]", nodes).after(Duration.ofMinutes(20)).says("cpu", all(5, 0.1));
        assertThat(without.evaluate().outlook().desired()).isEqualTo(expected);
        ScalingRig silent = yesterday("'targets':[{'metric':'cpu','average':0.7}]", nodes)
                .after(Duration.ofMinutes(20))
                .says("heap", all(5, 0.1));
        assertThat(silent.evaluate().outlook().desired()).isEqualTo(expected);
    }

    @Test
    void demand_isRememberedOverDaysAndRaisesTheNext() {
        ScalingRig rig = new ScalingRig("{'targets':[{'metric':'callsPerSecond','average':10}],"
                + "'forecast':{'mode':'raise','ahead':'PT15M'}}");
        for (int tick = 0; tick < 3 * 24 * 60 / 5; tick++) {
            boolean rush = tick % 288 == 12;
            rig.says("callsPerSecond", all(3, rush ? 20 : 10)).evaluate();
            rig.after(Duration.ofMinutes(5));
        }
        Decision rush = ScalingRig.decisions(rig.journal).stream()
                .filter(it -> it.reason().contains("forecast"))
                .findFirst()
                .orElseThrow();
        assertThat(rush.at())
                .isEqualTo(ScalingRig.START.plus(Duration.ofHours(25)).minus(Duration.ofMinutes(15)));
        assertThat(rush.to()).isEqualTo(6);
    }

    /** A rig that saw that many nodes needed a day before 30 minutes after its start, and nothing else. */
    private static ScalingRig yesterday(String targets, double nodes) {
        ScalingRig rig = new ScalingRig("{" + targets + ",'forecast':{'mode':'raise'}}");
        rig.apply(new ScalingEvent.DemandSeen(new Demand.Bucket(Demand.index(ScalingRig.START) - 288 + 6, nodes)));
        return rig;
    }

    /** Evaluates so many times, carries decisions out, and says when the rule acted. */
    private static List<Instant> play(ScalingRig rig, double queue, int times) {
        int before = rig.journal.size();
        rig.size = Math.max(rig.size, 2);
        for (int i = 0; i < times; i++) {
            rig.says("queueDepth", all(rig.size, queue)).evaluate();
            rig.size = Math.max(rig.size, rig.state.desired());
            rig.after(TICK);
        }
        return rig.journal.subList(before, rig.journal.size()).stream()
                .filter(ScalingEvent.RuleActed.class::isInstance)
                .map(event -> ((ScalingEvent.RuleActed) event).at())
                .toList();
    }
}
