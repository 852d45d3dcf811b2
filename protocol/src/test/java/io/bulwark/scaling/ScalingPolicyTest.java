package io.bulwark.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.grammar.Name;
import io.bulwark.wire.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScalingPolicyTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00.123456789Z");
    private static final String FULL = """
            {
              "minimum": 3, "maximum": 30,
              "targets": [{"metric": "cpu", "average": 0.6}, {"metric": "custom.orders", "average": 12.5}],
              "rules": [{"name": "queue", "metric": "queueDepth", "operator": "at-least", "threshold": 100, "for": "PT2M",
                         "action": "add", "step": 2, "cooldown": "PT10M"}],
              "scaleUp": {"stabilization": "PT1M", "tolerance": 0.05, "select": "min",
                          "policies": [{"type": "nodes", "value": 2, "per": "PT1M"}]},
              "scaleDown": {"stabilization": "PT10M", "tolerance": 0.2, "select": "disabled",
                            "policies": [{"type": "percent", "value": 10, "per": "PT5M"}]},
              "schedules": [{"name": "rush", "cron": "0 8 * * 1-5", "for": "PT2H", "zone": "Europe/Vienna", "minimum": 5}],
              "forecast": {"mode": "raise", "season": "PT168H", "ahead": "PT15M"},
              "startup": "PT2M", "paused": true, "dryRun": true
            }""";

    @Test
    void empty_isTheDefaultsWrittenOut() {
        ScalingPolicy policy = Json.read("{}", ScalingPolicy.class);
        assertThat(policy).isEqualTo(ScalingPolicy.DEFAULT);
        assertThat(Json.write(policy)).isEqualTo("""
                {"minimum":2,"maximum":50,"targets":[{"metric":"cpu","average":0.7},{"metric":"heap","average":0.8}],\
                "rules":[],"scaleUp":{"stabilization":"PT0S","tolerance":0.1,"select":"max","policies":[\
                {"type":"percent","value":100,"per":"PT15S"},{"type":"nodes","value":4,"per":"PT15S"}]},\
                "scaleDown":{"stabilization":"PT5M","tolerance":0.1,"select":"max","policies":[\
                {"type":"percent","value":100,"per":"PT15S"}]},"schedules":[],\
                "forecast":{"mode":"off","season":"PT24H","ahead":"PT10M"},"startup":"PT1M","paused":false,\
                "dryRun":false}""");
    }

    @ParameterizedTest
    @ValueSource(strings = {FULL, "{}", "{'targets':[]}", "{'scaleDown':{'select':'min'}}"})
    void policy_throughJsonAndCbor_isTheSame(String json) {
        ScalingPolicy policy = Json.read(json, ScalingPolicy.class);
        assertThat(Json.read(Json.write(policy), ScalingPolicy.class)).isEqualTo(policy);
        assertThat(Json.throughCbor(policy, ScalingPolicy.class)).isEqualTo(policy);
    }

    @Test
    void everyMember_isReadAsItIsWritten() {
        assertThat(Json.write(Json.read(FULL, ScalingPolicy.class)))
                .isEqualTo(FULL.replaceAll("\\s", "")
                        .replace("08**1-5", "0 8 * * 1-5")
                        .replace("\"threshold\":100", "\"threshold\":100.0"));
    }

    @Test
    void direction_thatLeavesMembersOut_keepsItsOwnDefaults() {
        ScalingPolicy policy =
                Json.read("{'scaleUp':{'tolerance':0.2},'scaleDown':{'stabilization':'PT1M'}}", ScalingPolicy.class);
        assertThat(policy.scaleUp())
                .isEqualTo(new Behavior(Duration.ZERO, 0.2, Behavior.Select.MAX, Behavior.UP.policies()));
        assertThat(policy.scaleDown())
                .isEqualTo(new Behavior(Duration.ofMinutes(1), 0.1, Behavior.Select.MAX, Behavior.DOWN.policies()));
        assertThat(Json.read("{'scaleUp':{},'scaleDown':{}}", ScalingPolicy.class))
                .isEqualTo(ScalingPolicy.DEFAULT);
    }

    @Test
    void rule_thatLeavesMembersOut_hasDefaults() {
        assertThat(Json.read("{'rules':[" + rule("'step':1") + "]}", ScalingPolicy.class)
                        .rules())
                .containsExactly(new Rule(
                        new Name("r"),
                        new MetricName("cpu"),
                        Rule.Operator.ABOVE,
                        0.9,
                        Duration.ofMinutes(1),
                        Rule.Action.ADD,
                        1,
                        Duration.ofMinutes(3)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {'minimum':5,'maximum':4}                    | minimum is 5: expected no more than the maximum, which is 4
            {'minimum':51}                               | minimum is 51: expected no more than the maximum, which is 50
            {'maximum':1}                                | minimum is 2: expected no more than the maximum, which is 1
            {'minimum':0}                                | minimum is 0: expected 1 to 1000
            {'maximum':1001}                             | maximum is 1001: expected 1 to 1000
            {'startup':'PT31M'}                          | startup is PT31M: expected PT0S to PT30M
            {'targets':[{'metric':'cpu','average':-1}]}  | targets: cpu is to be -1.0: expected a number above 0, and 1 at most, such as 0.7
            {'targets':[{'metric':'cpu','average':0}]}   | targets: cpu is to be 0.0: expected a number above 0, and 1 at most, such as 0.7
            {'targets':[{'metric':'cpu','average':70}]}  | targets: cpu is to be 70.0: expected a number above 0, and 1 at most, such as 0.7
            {'targets':[{'metric':'p95','average':'NaN'}]} | targets: p95 is to be NaN: expected a number above 0
            {'targets':[{'metric':'p95','average':1e999}]} | targets: p95 is to be Infinity: expected a number above 0
            {'targets':[{'metric':'cpu','average':0.5},{'metric':'cpu','average':0.6}]} | targets names 'cpu' twice: expected each once
            {'scaleUp':{'tolerance':-0.1}}               | tolerance is -0.1: expected 0 to 1, such as 0.1
            {'scaleUp':{'tolerance':'NaN'}}              | tolerance is NaN: expected 0 to 1, such as 0.1
            {'scaleUp':{'policies':[]}}                  | policies (how many) is 0: expected 1 to 8
            {'scaleUp':{'stabilization':'PT61M'}}        | stabilization is PT1H1M: expected PT0S to PT1H
            {'scaleUp':{'policies':[{'type':'nodes','value':0,'per':'PT1M'}]}} | policies.value is 0: expected 1 to 1000000
            {'scaleUp':{'policies':[{'type':'nodes','value':1,'per':'PT31M'}]}} | policies.per is PT31M: expected PT1S to PT30M
            {'scaleUp':{'policies':[{'value':1,'per':'PT1M'}]}} | policies: a policy needs a type, a value and a period ('per')
            {'scaleUp':{'policies':[{'type':null,'value':1,'per':'PT1M'}]}} | policies: a policy needs a type, a value and a period ('per')
            {'scaleUp':{'policies':[{'type':'nodes','value':1}]}} | policies: a policy needs a type, a value and a period ('per')
            {'forecast':{'season':'PT61M'}}              | forecast.season is PT1H1M: expected whole steps of PT5M
            {'forecast':{'season':'PT59M'}}              | forecast.season is PT59M: expected PT1H to PT168H
            {'forecast':{'ahead':'PT1M'}}                | forecast.ahead is PT1M: expected PT5M to PT2H
            """)
    void policy_thatCannotBe_isRefusedWithTheValue(String json, String message) {
        assertThatThrownBy(() -> Json.read(json, ScalingPolicy.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'cooldown':'PT0S'    | rules.r.cooldown is PT0S: expected PT15S to PT24H; without one the rule would act at every evaluation
            'cooldown':'PT14S'   | rules.r.cooldown is PT14S: expected PT15S to PT24H; without one the rule would act at every evaluation
            'cooldown':'-PT1M'   | rules.r.cooldown is PT-1M: expected PT15S to PT24H; without one the rule would act at every evaluation
            'operator':null      | rules.r needs an operator and an action
            'action':null        | rules.r needs an operator and an action
            'step':0             | rules.r.step is 0: expected 1 to 100
            'step':-1            | rules.r.step is -1: expected 1 to 100
            'for':'PT61M'        | rules.r.for is PT1H1M: expected PT0S to PT1H
            'threshold':-1       | rules.r.threshold is -1.0: expected a number of 0 or more
            'threshold':'NaN'    | rules.r.threshold is NaN: expected a number of 0 or more
            'threshold':'Infinity' | rules.r.threshold is Infinity: expected a number of 0 or more
            """)
    void rule_thatCannotBe_isRefusedWithItsNameAndValue(String member, String message) {
        assertThatThrownBy(() -> Json.read("{'rules':[" + rule(member) + "]}", ScalingPolicy.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {'targets':[{'metric':'memory','average':1}]}      | 'memory' is not a metric: expected one of cpu, machineCpu, heap
            {'targets':[{'metric':'custom.','average':1}]}     | 'custom.' is not a metric
            {'targets':[{'metric':'cpu'}]}                     | targets: cpu is to be 0.0: expected
            {'targets':[{'average':1}]}                        | metric
            {'scaleUp':{'select':'most'}}                      | String "most": not one of the values accepted
            {'scaleUp':{'policies':[{'type':'pods','value':1,'per':'PT1M'}]}} | String "pods": not one of the values accepted
            {'forecast':{'mode':'lower'}}                      | String "lower": not one of the values accepted
            {'limit':3}                                        | limit
            {'scaleUp':{'window':3}}                           | window
            """)
    void word_thatIsNotKnown_isRefusedWithThoseThatAre(String json, String named) {
        assertThatThrownBy(() -> Json.read(json, ScalingPolicy.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }

    @Test
    void operatorAndAction_thatAreNotKnown_areRefusedWithThoseThatAre() {
        assertThatThrownBy(() -> Json.read("{'rules':[" + rule("'operator':'over'") + "]}", ScalingPolicy.class))
                .hasMessageContaining("String \"over\": not one of the values accepted");
        assertThatThrownBy(() -> Json.read("{'rules':[" + rule("'action':'set'") + "]}", ScalingPolicy.class))
                .hasMessageContaining("String \"set\": not one of the values accepted");
        assertThatThrownBy(() ->
                        Json.read("{'rules':[" + rule("'step':1") + "," + rule("'step':2") + "]}", ScalingPolicy.class))
                .hasMessage("rules names 'r' twice: expected each once");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'cron':'often'           | schedules.s.cron is not a cron expression
            'cron':''                | schedules.s.cron is not a cron expression
            'cron':'0 8 * *'         | schedules.s.cron is not a cron expression
            'cron':'0 0 8 * * * *'   | schedules.s.cron is not a cron expression
            'cron':'60 8 * * *'      | schedules.s.cron is not a cron expression
            'zone':'Vienna'          | schedules.s.zone is not a time zone: expected a name such as Europe/Vienna
            'zone':''                | schedules.s.zone is not a time zone: expected a name such as Europe/Vienna
            'for':'PT0S'             | schedules.s.for is PT0S: expected PT1M to PT168H
            'minimum':0              | schedules.s.minimum is 0: expected 1 to 1000
            """)
    void schedule_thatCannotBe_isRefusedWithItsName(String member, String message) {
        assertThatThrownBy(() -> Json.read("{'schedules':[" + schedule(member) + "]}", ScalingPolicy.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void lists_asLongAsMayBe_areKeptAndOneMoreIsRefused() {
        assertThat(Json.read(many(16), ScalingPolicy.class).targets()).hasSize(16);
        assertThatThrownBy(() -> Json.read(many(17), ScalingPolicy.class))
                .hasMessage("targets (how many) is 17: expected 0 to 16");
        assertThatThrownBy(() -> Json.read(
                        "{'schedules':[" + schedule("'for':'PT1H'") + "," + schedule("'for':'PT2H'") + "]}",
                        ScalingPolicy.class))
                .hasMessage("schedules names 's' twice: expected each once");
    }

    static List<ScalingEvent> events() {
        Decision decision = new Decision(
                7,
                NOW,
                3,
                5,
                Decision.Kind.DRY_RUN,
                List.of(
                        new Recommendation("cpu", Optional.of(5), Optional.of(0.9), Optional.of(0.7), 3, 0, "note"),
                        new Recommendation("p95", Optional.empty(), Optional.empty(), Optional.empty(), 0, 3, "")),
                List.of("scaleUp", "maximum"),
                "From 3 to 5 nodes.");
        return List.of(
                new ScalingEvent.PolicyPut(3, Json.read(FULL, ScalingPolicy.class)),
                new ScalingEvent.Recommended(NOW, 5, NOW.minusSeconds(15)),
                new ScalingEvent.Decided(decision),
                new ScalingEvent.Resized(NOW, 3, 5),
                new ScalingEvent.RuleActed(NOW, "queue"),
                new ScalingEvent.DemandSeen(new Demand.Bucket(5_989_392, 4.25)),
                new ScalingEvent.EmergencyDeclared(new Emergency(9, true, "why", NOW, NOW.plusSeconds(60))),
                new ScalingEvent.EmergencyEnded(NOW, "over"));
    }

    @ParameterizedTest
    @MethodSource("events")
    void event_throughCbor_isTheSame(ScalingEvent event) {
        assertThat(Json.throughCbor(event, ScalingEvent.class)).isEqualTo(event);
    }

    @Test
    void events_areAsManyAsThereAreKinds() {
        assertThat(events().stream().<Class<?>>map(Object::getClass))
                .containsExactlyInAnyOrder(ScalingEvent.class.getPermittedSubclasses());
    }

    @Test
    void state_throughCbor_isTheSameAfterEachEvent() {
        ScalingState state = ScalingState.EMPTY;
        assertThat(Json.throughCbor(state, ScalingState.class)).isEqualTo(state);
        for (ScalingEvent event : events()) {
            state = state.apply(event);
            assertThat(Json.throughCbor(state, ScalingState.class)).isEqualTo(state);
        }
        assertThat(state.ruleActed()).isEqualTo(Map.of("queue", NOW));
        assertThat(state.size()).isEqualTo(5);
        assertThat(state.desired()).isEqualTo(5);
    }

    private static String rule(String member) {
        return object(
                Map.of("name", "'r'", "metric", "'cpu'", "operator", "'above'", "threshold", "0.9", "action", "'add'"),
                member);
    }

    private static String schedule(String member) {
        return object(Map.of("name", "'s'", "cron", "'0 8 * * *'", "for", "'PT1H'", "minimum", "5"), member);
    }

    /** An object with these members, of which one is given anew. */
    private static String object(Map<String, String> members, String member) {
        String name = member.substring(1, member.indexOf('\'', 1));
        return members.entrySet().stream()
                .filter(each -> !each.getKey().equals(name))
                .map(each -> "'" + each.getKey() + "':" + each.getValue())
                .collect(Collectors.joining(",", "{", "," + member + "}"));
    }

    private static String many(int targets) {
        return IntStream.range(0, targets)
                .mapToObj(i -> "{'metric':'custom.m" + i + "','average':1}")
                .collect(Collectors.joining(",", "{'targets':[", "]}"));
    }
}
