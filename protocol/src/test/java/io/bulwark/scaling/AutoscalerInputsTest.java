package io.bulwark.scaling;

import static io.bulwark.scaling.AutoscalerTest.all;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.scaling.Autoscaler.Evaluation;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the decision makes of nodes and clients that say nothing, say it late, or say what cannot be. */
class AutoscalerInputsTest {
    private static final String CPU = "{'minimum':1,'targets':[{'metric':'cpu','average':0.7}]}";
    private static final String BOTH =
            "{'minimum':1,'targets':[{'metric':'cpu','average':0.7}," + "{'metric':'callsPerSecond','average':100}]}";
    private static final String CALLS = "{'minimum':1,'targets':[{'metric':'callsPerSecond','average':100}]}";
    private static final String ORDERS = "{'minimum':1,'targets':[{'metric':'custom.orders','average':10}]}";
    private static final Duration TICK = Duration.ofSeconds(15);
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void metric_thatStopsComing_keepsTheSizeFromShrinking() {
        ScalingRig rig = new ScalingRig(BOTH);
        for (int i = 0; i < 40; i++) {
            rig.says("cpu", all(5, 0.1));
            Evaluation evaluation = rig.evaluate();
            assertThat(evaluation.outlook().desired()).isEqualTo(5);
            rig.after(TICK);
        }
        assertThat(rig.says("cpu", all(5, 0.1)).evaluate().outlook().reason())
                .isEqualTo("5 nodes stay: cpu asks for 1 (0.1 a node, 0.7 wanted); "
                        + "it is not made smaller while something is unknown: callsPerSecond.");
    }

    @Test
    void metric_thatStopsComing_doesNotKeepTheSizeFromGrowing() {
        assertThat(new ScalingRig(BOTH)
                        .says("cpu", all(5, 1))
                        .evaluate()
                        .outlook()
                        .desired())
                .isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -1, 1e300, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void nobodyReports_orNobodyAnythingThatCanBe_changesNothing(double value) {
        ScalingRig rig = new ScalingRig(CPU).says("cpu", all(5, value));
        Evaluation evaluation = rig.evaluate();
        assertThat(evaluation.outlook().desired()).isEqualTo(5);
        assertThat(ScalingRig.decisions(evaluation.events())).isEmpty();
        assertThat(evaluation.outlook().reason()).isEqualTo("5 nodes stay: nothing is known of cpu.");
        for (int i = 0; i < 5; i++) {
            rig.silent(i);
        }
        assertThat(rig.after(TICK).evaluate().outlook().desired()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"9, 4", "10, 4", "11, 3"})
    void report_olderThanTenSeconds_isMissing(int age, int expected) {
        ScalingRig rig = new ScalingRig(CPU).says("cpu", 0.9, 0.9, 0.9).after(Duration.ofSeconds(age));
        assertThat(rig.evaluate().outlook().desired()).isEqualTo(expected);
    }

    @Test
    void clockOfANode_thatIsWrong_doesNotMakeItsReportStale() {
        ScalingRig rig = new ScalingRig(CPU).says("cpu", 0.9, 0.9, 0.9);
        rig.nodes.replaceAll(node -> new Observed.Node(
                node.member(),
                true,
                node.report()
                        .map(heard -> new Observed.Heard(
                                new LoadReport(
                                        node.member(),
                                        rig.now.minus(HOUR),
                                        HOUR,
                                        heard.report().values()),
                                rig.now))));
        assertThat(rig.evaluate().outlook().desired()).isEqualTo(4);
    }

    @ParameterizedTest(name = "one of three says {0}: {1} nodes, {2}")
    @CsvSource(delimiter = '|', textBlock = """
            NaN       | 3 | 10.0.0.1:25520 says NaN, which cannot be
            -0.5      | 3 | 10.0.0.1:25520 says -0.5, which cannot be
            1e300     | 3 | 10.0.0.1:25520 says 1.0E300, which cannot be
            Infinity  | 3 | 10.0.0.1:25520 says Infinity, which cannot be
            1.2       | 3 | 10.0.0.1:25520 says 1.2, which cannot be
            1.0       | 5 | ''
            """)
    void value_thatCannotBe_countsAsMissing(double value, int expected, String note) {
        ScalingRig rig = new ScalingRig(CPU).says("cpu", value, 1, 1);
        Evaluation evaluation = rig.evaluate();
        assertThat(evaluation.outlook().desired()).isEqualTo(expected);
        assertThat(evaluation.outlook().recommendations().getFirst().note()).isEqualTo(note);
    }

    @ParameterizedTest(name = "{0}: two say {1}, one {2}")
    @CsvSource(delimiter = '|', textBlock = """
            high share of a busy node         | cpu            | 0.7  | 1.0     | 4
            high share of an idle node        | cpu            | 0.1  | 1.0     | 1
            low share of a busy node          | cpu            | 0.7  | 0       | 3
            high amount                       | callsPerSecond | 100  | 1000000 | 6
            high amount where it is quiet     | callsPerSecond | 1    | 1000000 | 1
            high amount where there is none   | callsPerSecond | 0    | 1000000 | 4
            low amount                        | callsPerSecond | 100  | 0       | 3
            """)
    void oneLyingNodeOfThree_countsAsFourNodesAtMost(
            String story, String metric, double others, double lie, int expected) {
        ScalingRig rig = new ScalingRig(metric.equals("cpu") ? CPU : CALLS).says(metric, others, others, lie);
        assertThat(rig.evaluate().outlook().recommended()).as(story).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} each, one silent: {1}")
    @CsvSource({"0.7, 3", "0.1, 2", "0.8, 3", "1.0, 3", "0.01, 2"})
    void silentNode_isIdleWhereThereWouldBeMoreAndBusyWhereThereWouldBeFewer(double cpu, int expected) {
        ScalingRig rig = new ScalingRig(CPU).says("cpu", all(3, cpu)).silent(1);
        Evaluation evaluation = rig.evaluate();
        assertThat(evaluation.outlook().recommended()).isEqualTo(expected);
        assertThat(evaluation.outlook().recommendations().getFirst())
                .matches(it -> it.known() == 2 && it.unknown() == 1)
                .extracting(Recommendation::note)
                .isEqualTo("10.0.0.2:25520 has reported nothing");
    }

    @Test
    void nodesThatStart_areExpectedAndCountAsIdle() {
        ScalingRig rig = new ScalingRig(CPU).says("cpu", 1, 1);
        rig.size = 3;
        assertThat(rig.evaluate().outlook().desired()).isEqualTo(3);
        rig.node(2, Map.of("cpu", 1.0), rig.now, Duration.ofSeconds(59), true);
        assertThat(rig.evaluate().outlook().desired()).isEqualTo(3);
        rig.node(2, Map.of("cpu", 1.0), rig.now, HOUR, false);
        assertThat(rig.evaluate().outlook().desired()).isEqualTo(3);
        rig.node(2, Map.of("cpu", 1.0), rig.now, Duration.ofSeconds(60), true);
        assertThat(rig.evaluate().outlook().desired()).isEqualTo(5);
    }

    @Test
    void customMetric_countsUntilItIsOver() {
        ScalingRig rig =
                new ScalingRig(ORDERS).says("cpu", all(3, 0.5)).custom("custom.orders", 60, Duration.ofMinutes(1));
        Evaluation evaluation = rig.evaluate();
        assertThat(evaluation.outlook().desired()).isEqualTo(6);
        assertThat(evaluation.outlook().reason())
                .isEqualTo("From 3 to 6 nodes: custom.orders asks for 6 (20 a node, 10 wanted).");
        Evaluation over =
                rig.says("cpu", all(6, 0.5)).after(Duration.ofMinutes(60)).evaluate();
        assertThat(over.outlook().desired()).isEqualTo(6);
        assertThat(over.outlook().recommendations().getFirst().note()).isEqualTo("nobody reports it");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void customMetric_thatCannotBe_isNotReported(double value) {
        String rule =
                "{'minimum':1,'targets':[{'metric':'custom.orders','average':10}],'rules':[{'name':'more','metric':"
                        + "'custom.orders','operator':'above','threshold':1,'for':'PT0S','action':'add'}]}";
        Stream.of(ORDERS, rule).forEach(policy -> {
            ScalingRig rig = new ScalingRig(policy).says("cpu", all(3, 0.5)).custom("custom.orders", value, HOUR);
            assertThat(rig.evaluate().outlook().desired()).isEqualTo(3);
        });
    }

    @Test
    void customMetric_ofAnySize_isSaidBriefly() {
        ScalingRig rig = new ScalingRig("{'maximum':6,'targets':[{'metric':'custom.orders','average':10}]}")
                .says("cpu", all(5, 0.5))
                .custom("custom.orders", 1e300, HOUR);
        assertThat(rig.evaluate().outlook().reason())
                .isEqualTo("From 5 to 6 nodes: custom.orders asks for 2147483647 (2E+299 a node, 10 wanted); "
                        + "scaleUp allows no more at a time; the maximum is reached.");
    }
}
