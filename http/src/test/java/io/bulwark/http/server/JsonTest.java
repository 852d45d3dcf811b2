package io.bulwark.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.bulwark.service.ServicePolicy;
import io.bulwark.tenant.TenantPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    /** The policy of a tenant as the contract shows it. */
    private static final String POLICY = """
            {"limits": [
               {"name": "requests", "algorithm": "token-bucket", "capacity": 100, "refill": 50, "per": "PT1S"},
               {"name": "daily", "algorithm": "sliding-window", "capacity": 100000, "per": "P1D", "durability": "strict"}],
             "appliesTo": {"*": ["requests", "daily"]},
             "circuit": {"trip": {"failureRate": 0.5, "slowRate": 0.8, "slowerThan": "PT2S", "consecutiveFailures": 10,
                                  "minimumCalls": 20, "window": "PT10S"},
                         "openFor": "PT5S", "openForMax": "PT60S", "probes": 3, "probeLease": "PT10S"},
             "idempotency": {"retention": "P1D", "lease": "PT30S", "waitInFlight": "PT2S"},
             "onGuardUnavailable": "admit", "status": "active"}""";

    private static final String SERVICE = """
            {"targets": ["http://127.0.0.1:9001"], "balance": "round-robin", "timeout": "PT10S",
             "connectTimeout": "PT1S", "maxInFlight": 512,
             "health": {"path": "/health", "every": "PT5S", "unhealthyAfter": 2, "healthyAfter": 2},
             "idempotency": {"require": ["POST", "PATCH"], "record": "all-but-429-and-503",
                             "onUnknownOutcome": "refuse", "maxRecordedBody": 262144}}""";

    @Test
    void theContractsPolicyOfATenant_isRead_andWrittenAsTheSame() {
        TenantPolicy policy = read(POLICY, TenantPolicy.class);

        assertThat(policy.limits().get(1).per()).isEqualTo(Duration.ofDays(1));
        assertThat(Json.parse(Json.write(policy), TenantPolicy.class)).isEqualTo(policy);
    }

    @Test
    void theContractsService_isRead_andWrittenAsTheSame() {
        ServicePolicy policy = read(SERVICE, ServicePolicy.class);

        assertThat(policy.health()).isPresent();
        assertThat(Json.parse(Json.write(policy), ServicePolicy.class)).isEqualTo(policy);
    }

    @Test
    void anEmptyObject_isAPolicyOfDefaults() {
        assertThat(read("{}", TenantPolicy.class)).isEqualTo(TenantPolicy.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"limits\":[{\"name\":\"a\",\"capacity\":1,\"size\":2}]} | limits[0].size | expected algorithm, capacity",
                "{\"limits\":[{\"name\":\"a\",\"capacity\":\"1\"}]} | 'limits[0].capacity' is \"1\" | expected an integer",
                "{\"limits\":[{\"name\":\"a\",\"capacity\":1.5}]} | 'limits[0].capacity' is 1.5 | expected an integer",
                "{\"limits\":[{\"name\":\"a\",\"capacity\":null}]} | 'limits[0].capacity' is null | expected an integer",
                "{\"limits\":[{\"name\":\"a\",\"capacity\":0}]} | limits.a.capacity is 0 | expected 1 to 1000000000000",
                "{\"limits\":[{\"name\":\"a\",\"capacity\":99999999999999999999}]} | 'limits[0].capacity' is out of range | expected an integer",
                "{\"limits\":[{\"name\":\"A\",\"capacity\":1}]} | limits[0].name | 'A' is not a name",
                "{\"limits\":[{\"name\":5,\"capacity\":1}]} | 'limits[0].name' is 5 | expected a string",
                "{\"limits\":[{\"capacity\":1}]} | 'limits[0].name' is missing | expected",
                "{\"limits\":[{\"name\":\"a\",\"capacity\":1,\"per\":2}]} | 'limits[0].per' is 2 | ISO 8601 duration",
                "{\"limits\":[{\"name\":\"a\",\"capacity\":1,\"per\":\"2s\"}]} | 'limits[0].per' is \"2s\" | ISO 8601 duration",
                "{\"limits\":[{\"name\":\"a\",\"capacity\":1,\"algorithm\":\"leaky\"}]} | 'limits[0].algorithm' is \"leaky\" | 'leaky-bucket'",
                "{\"limits\":[{\"name\":\"a\",\"capacity\":1,\"algorithm\":1}]} | 'limits[0].algorithm' is 1 | 'leaky-bucket'",
                "{\"limits\":{}} | 'limits' is {} | expected an array",
                "{\"status\":\"ACTIVE\"} | 'status' is \"ACTIVE\" | 'active', 'quarantined', 'maintenance'",
                "{\"legacyRateLimitHeaders\":\"true\"} | 'legacyRateLimitHeaders' is \"true\" | true or false",
                "{\"legacyRateLimitHeaders\":1} | 'legacyRateLimitHeaders' is 1 | true or false",
                "{\"circuit\":{\"trip\":{\"failureRate\":2}}} | circuit.trip.failureRate is 2.0 | expected",
                "[] | The body is [] | expected an object",
                "\"x\" | The body is \"x\" | expected an object",
                "null | The body is null | expected an object",
            })
    void aPolicyOutsideTheContract_isRefused_withMemberValueAndExpectation(
            String json, String member, String expected) {
        Problem problem = refusal(json);

        assertThat(problem.status()).isEqualTo(400);
        assertThat(problem.name()).isEqualTo("invalid-request");
        assertThat(problem.detail()).contains(member).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"limits\":[}",
                "{} {}",
                "{}x",
                "{\"status\":\"active\",\"status\":\"active\"}",
                "{'status':'active'}",
                "{\"limits\":[,]}",
                "{\"a\":NaN}",
                "\u00ef\u00bb\u00bf",
                "{//\n}",
            })
    void whatIsNotJson_isRefusedAsMalformed(String json) {
        assertThat(refusal(json).name()).isEqualTo("malformed-json");
    }

    @Test
    void nestingBeyondTheBound_isRefused() {
        Map<?, ?> document =
                read("{\"a\":" + "[".repeat(Json.DEPTH_MAX - 1) + "]".repeat(Json.DEPTH_MAX - 1) + "}", Map.class);
        String deeper = "{\"a\":" + "[".repeat(100_000);

        assertThat(document).hasSize(1);
        assertThat(catchThrowableOfType(ProblemException.class, () -> read(deeper, Map.class))
                        .problem()
                        .name())
                .isEqualTo("malformed-json");
    }

    @Test
    void bytesThatAreNotUtf8_areRefused() {
        byte[] latin = "{\"status\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(catchThrowableOfType(ProblemException.class, () -> Json.parse(latin, TenantPolicy.class))
                        .problem()
                        .name())
                .isEqualTo("malformed-json");
    }

    private static Problem refusal(String json) {
        return catchThrowableOfType(ProblemException.class, () -> read(json, TenantPolicy.class))
                .problem();
    }

    private static <T> T read(String json, Class<T> type) {
        return Json.parse(json.getBytes(StandardCharsets.UTF_8), type);
    }
}
