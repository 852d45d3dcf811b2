package io.bulwark.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bulwark.http.ContractFixture.Answer;
import io.bulwark.scaling.Scaling.EmergencyCall;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of the contract about scaling. */
class ScalingContractTest {
    private static final String SCALING = "/v1/scaling";
    private static final String POLICY = "/v1/scaling/policy";
    private static final String DECISIONS = "/v1/scaling/decisions";
    private static final String EMERGENCY = "/v1/scaling/emergency";
    private static final String METRIC = "/v1/scaling/metrics/{metric}";

    private ContractFixture fixture;

    @BeforeEach
    void open(@TempDir Path directory) throws Exception {
        fixture = new ContractFixture(directory);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void scaling_isShownAsTheCoordinatorLastSaidIt() throws Exception {
        Answer answer = fixture.call("GET", SCALING, SCALING, "");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(new ObjectMapper().readTree("""
                {"coordinator": "127.0.0.1:25520", "at": "2026-11-26T12:00:00Z", "target": "record",
                 "policyVersion": 0, "paused": false, "dryRun": false, "evaluated": "2026-11-26T12:00:00Z",
                 "size": 2, "recommended": 3, "desired": 3, "limits": [],
                 "reason": "From 2 to 3 nodes: cpu asks for 3 (0.9 a node, 0.7 wanted).",
                 "recommendations": [{"source": "cpu", "nodes": 3, "observed": 0.9, "wanted": 0.7,
                                      "known": 2, "unknown": 0, "note": ""}],
                 "reports": {"127.0.0.1:25520": {"cpu": 0.9}}}"""));
    }

    @Test
    void scaling_beforeTheCoordinatorWasHeard_isUnavailable() {
        fixture.scaling.heard = false;

        assertThat(fixture.call("GET", SCALING, SCALING, "").problem()).isEqualTo("scaling-unavailable");
    }

    @Test
    void thePolicy_hasDefaults_andAVersionThatGuardsChanges() {
        Answer shown = fixture.call("GET", POLICY, POLICY, "");
        assertThat(shown.json().at("/maximum").asInt()).isEqualTo(50);
        assertThat(shown.json().at("/scaleDown/stabilization").asText()).isEqualTo("PT5M");
        assertThat(shown.response().headers().firstValue("ETag")).hasValue("\"0\"");

        Answer put = fixture.call("PUT", POLICY, POLICY, "{\"minimum\":3,\"scaleDown\":{\"tolerance\":0.2}}");
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.response().headers().firstValue("ETag")).hasValue("\"1\"");
        assertThat(put.json().at("/minimum").asInt()).isEqualTo(3);
        assertThat(put.json().at("/scaleDown/stabilization").asText()).isEqualTo("PT5M");
        assertThat(put.json().at("/scaleDown/tolerance").asDouble()).isEqualTo(0.2);

        assertThat(fixture.call("PUT", POLICY, POLICY, "{}", "If-Match", "\"7\"")
                        .status())
                .isEqualTo(412);
        assertThat(fixture.call("GET", POLICY, POLICY, "", "If-None-Match", "\"1\"")
                        .status())
                .isEqualTo(304);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'minimum':9,'maximum':3} | minimum is 9: expected no more than the maximum, which is 3",
                "{'targets':[{'metric':'cpuu','average':0.7}]} | 'cpuu' is not a metric",
                "{'targets':[{'metric':'cpu','average':-1}]} | expected a number above 0",
                "{'targets':[{'metric':'cpu','average':1.5}]} | and 1 at most",
                "{'targets':[{'metric':'p95','average':'NaN'}]} | p95 is to be NaN",
                "{'targets':[{'metric':'p95','average':1},{'metric':'p95','average':2}]} | targets names 'p95' twice",
                "{'rules':[{'name':'q','metric':'queueDepth','operator':'over','threshold':1,'action':'add'}]} | operator",
                "{'rules':[{'name':'q','metric':'queueDepth','operator':'above','threshold':1,'action':'add','cooldown':'PT0S'}]} | rules.q.cooldown is PT0S",
                "{'schedules':[{'name':'s','cron':'every day','for':'PT1H','minimum':3}]} | schedules.s.cron",
                "{'schedules':[{'name':'s','cron':'0 8 * * 1-5','for':'PT1H','zone':'Mars','minimum':3}]} | schedules.s.zone",
                "{'minimun':3} | minimun"
            })
    void aPolicyThatCannotBe_isRefusedByName(String body, String said) {
        Answer answer = fixture.call("PUT", POLICY, POLICY, body.replace('\'', '"'));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.problem()).isEqualTo("invalid-request");
        assertThat(answer.json().at("/detail").asText()).contains(said);
    }

    @Test
    void decisions_areListedInPages() {
        Answer first = fixture.call("GET", DECISIONS, DECISIONS + "?limit=5", "");
        assertThat(first.json().at("/items/0/number").asInt()).isEqualTo(7);
        assertThat(first.json().at("/next").asText()).isEqualTo("3");

        Answer second = fixture.call("GET", DECISIONS, DECISIONS + "?limit=5&after=3", "");
        assertThat(second.json().at("/items").size()).isEqualTo(2);
        assertThat(second.json().has("next")).isFalse();
    }

    @Test
    void anEmergency_isOrdered_andTakenBack() {
        Answer ordered = fixture.call(
                "POST",
                EMERGENCY,
                EMERGENCY,
                "{\"action\":\"scale-to\",\"nodes\":10,\"reason\":\"launch\",\"until\":\"2026-11-27T00:00:00Z\"}");
        assertThat(ordered.status()).isEqualTo(202);
        assertThat(ordered.json().at("/nodes").asInt()).isEqualTo(10);
        assertThat(ordered.json().size()).isEqualTo(2);
        assertThat(fixture.scaling.calls)
                .containsExactly(new EmergencyCall.ScaleTo(10, false, "launch", Instant.parse("2026-11-27T00:00:00Z")));

        assertThat(fixture.call("POST", EMERGENCY, EMERGENCY, "{\"action\":\"cancel\",\"reason\":\"over\"}")
                        .status())
                .isEqualTo(204);
        assertThat(fixture.call("POST", EMERGENCY, EMERGENCY, "{\"action\":\"cancel\",\"reason\":\"nothing there\"}")
                        .problem())
                .isEqualTo("no-emergency");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'action':'scale-to','reason':'x','until':'2026-11-27T00:00:00Z'} | nodes is missing",
                "{'action':'scale-to','nodes':3,'reason':'x'} | until is missing",
                "{'action':'scale-to','nodes':9999,'reason':'x','until':'2026-11-27T00:00:00Z'} | nodes is 9999",
                "{'action':'panic','reason':'x'} | action"
            })
    void anEmergencyThatCannotBe_isRefused(String body, String said) {
        Answer answer = fixture.call("POST", EMERGENCY, EMERGENCY, body.replace('\'', '"'));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/detail").asText()).contains(said);
    }

    @Test
    void aCustomMetric_isTaken_whileThereIsRoom() {
        String path = "/v1/scaling/metrics/custom.jobs";
        assertThat(fixture.call("PUT", METRIC, path, "{\"value\":12}").status()).isEqualTo(204);
        assertThat(fixture.scaling.metrics).containsEntry("custom.jobs", 12.0);

        fixture.scaling.full = true;
        assertThat(fixture.call("PUT", METRIC, path, "{\"value\":12}").problem())
                .isEqualTo("metrics-full");
    }

    @ParameterizedTest
    @CsvSource({"cpu,1", "custom.,1", "custom.jobs,-1", "custom.jobs,1e400"})
    void aMetricThatCannotBe_isRefused(String metric, String value) {
        Answer answer = fixture.call("PUT", METRIC, "/v1/scaling/metrics/" + metric, "{\"value\":" + value + "}");

        assertThat(answer.status()).isEqualTo(400);
    }

    @Test
    void whatIsAskedOfACoordinatorThatIsAway_isUnavailable_andWhatIsShownIsNot() {
        fixture.scaling.away = true;

        Answer answer = fixture.call("PUT", POLICY, POLICY, "{}");
        assertThat(answer.problem()).isEqualTo("scaling-unavailable");
        assertThat(answer.response().headers().firstValue("Retry-After")).isPresent();
        assertThat(fixture.call("GET", SCALING, SCALING, "").status()).isEqualTo(200);
    }
}
