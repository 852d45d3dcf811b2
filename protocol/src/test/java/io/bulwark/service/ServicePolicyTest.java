package io.bulwark.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.wire.Json;
import java.net.URI;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServicePolicyTest {
    private static final String CONTRACT = """
            {
              "targets": ["http://127.0.0.1:9001"],
              "balance": "round-robin",
              "timeout": "PT10S", "connectTimeout": "PT1S", "maxInFlight": 512,
              "health": {"path": "/health", "every": "PT5S", "unhealthyAfter": 2, "healthyAfter": 2},
              "idempotency": {"require": ["POST", "PATCH"], "record": "all-but-429-and-503", "onUnknownOutcome": "refuse",
                              "maxRecordedBody": 262144}
            }""";

    @Test
    void serviceOfTheContract_isItsDefaultsWrittenOut() {
        ServicePolicy policy = Json.read(CONTRACT, ServicePolicy.class);
        assertThat(policy)
                .isEqualTo(Json.read("{'targets':['http://127.0.0.1:9001'],'health':{}}", ServicePolicy.class));
        assertThat(Json.read(Json.write(policy), ServicePolicy.class)).isEqualTo(policy);
        assertThat(Json.throughCbor(policy, ServicePolicy.class)).isEqualTo(policy);
    }

    @Test
    void service_withTargetsOnly_isNotWatched() {
        ServicePolicy policy = Json.read("{'targets':['https://pay.example/v2']}", ServicePolicy.class);
        assertThat(policy.targets()).containsExactly(URI.create("https://pay.example/v2"));
        assertThat(policy.health()).isEmpty();
        assertThat(policy.timeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(policy.balance()).isEqualTo(ServicePolicy.Balance.ROUND_ROBIN);
        assertThat(policy.idempotency()).isEqualTo(ServicePolicy.Recording.DEFAULT);
        assertThat(Json.read(Json.write(policy), ServicePolicy.class)).isEqualTo(policy);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a", "HTTP://a", "https://a:8443", "http://[::1]:80/x/y", "http://10.0.0.1/"})
    void target_thatIsABaseAddress_isKept(String target) {
        assertThat(Json.read("{'targets':['" + target + "']}", ServicePolicy.class)
                        .targets())
                .containsExactly(URI.create(target));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "//a",
                "ftp://a",
                "http:///x",
                "http:a",
                "http://a?b",
                "http://a#b",
                "http://u:p@a",
                "file:/etc"
            })
    void target_thatIsNot_isRefusedWithItsValue(String target) {
        assertThatThrownBy(() -> Json.read("{'targets':['" + target + "']}", ServicePolicy.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("targets names '" + target
                        + "': expected http://host[:port][/path] or https://host[:port][/path]");
    }

    @Test
    void targets_asManyAsMayBe_areKeptAndNoneOrOneMoreIsRefused() {
        assertThat(Json.read(targets(64), ServicePolicy.class).targets()).hasSize(64);
        assertThatThrownBy(() -> Json.read(targets(65), ServicePolicy.class))
                .hasMessage("targets (how many) is 65: expected 1 to 64");
        assertThatThrownBy(() -> Json.read(targets(0), ServicePolicy.class))
                .hasMessage("targets (how many) is 0: expected 1 to 64");
        assertThatThrownBy(() -> Json.read("{}", ServicePolicy.class)).hasMessageContaining("targets");
    }

    private static String targets(int many) {
        return IntStream.range(0, many)
                .mapToObj(i -> "'http://a" + i + "'")
                .collect(Collectors.joining(",", "{'targets':[", "]}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'timeout':'PT0.009S'                    | timeout is PT0.009S: expected PT0.01S to PT10M
            'timeout':'PT11M'                       | timeout is PT11M: expected PT0.01S to PT10M
            'connectTimeout':'PT0S'                 | connectTimeout is PT0S: expected PT0.01S to PT1M
            'maxInFlight':0                         | maxInFlight is 0: expected 1 to 16384
            'maxInFlight':16385                     | maxInFlight is 16385: expected 1 to 16384
            'health':{'path':'health'}              | health.path is 'health': expected a path that begins with '/', visible ASCII
            'health':{'path':'/a b'}                | health.path is '/a b': expected a path that begins with '/', visible ASCII
            'health':{'every':'PT0.09S'}            | health.every is PT0.09S: expected PT0.1S to PT1H
            'health':{'unhealthyAfter':0}           | health.unhealthyAfter is 0: expected 1 to 100
            'health':{'healthyAfter':101}           | health.healthyAfter is 101: expected 1 to 100
            'idempotency':{'require':['post']}      | idempotency.require names 'post': expected an HTTP method in capitals, such as POST
            'idempotency':{'require':['']}          | idempotency.require names '': expected an HTTP method in capitals, such as POST
            'idempotency':{'maxRecordedBody':-1}    | idempotency.maxRecordedBody is -1: expected 0 to 1048576
            'idempotency':{'maxRecordedBody':1048577} | idempotency.maxRecordedBody is 1048577: expected 0 to 1048576
            """)
    void service_outOfRange_isRefusedByMemberValueAndRange(String members, String message) {
        assertThatThrownBy(() -> Json.read("{'targets':['http://a']," + members + "}", ServicePolicy.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'balanse':'x'                   | balanse
            'balance':'random'              | random
            'idempotency':{'record':'some'} | some
            'health':{'url':'/'}            | url
            """)
    void service_withUnknownParts_isRefusedByName(String members, String named) {
        assertThatThrownBy(() -> Json.read("{'targets':['http://a']," + members + "}", ServicePolicy.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }

    @Test
    void recordRule_keepsAllButWhatSaysThatNothingWasDone() {
        assertThat(ServicePolicy.RecordRule.ALL.records(503)).isTrue();
        assertThat(ServicePolicy.RecordRule.ALL_BUT_429_AND_503.records(429)).isFalse();
        assertThat(ServicePolicy.RecordRule.ALL_BUT_429_AND_503.records(503)).isFalse();
        assertThat(ServicePolicy.RecordRule.ALL_BUT_429_AND_503.records(500)).isTrue();
    }
}
