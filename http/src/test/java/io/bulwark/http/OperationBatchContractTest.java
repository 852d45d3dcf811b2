package io.bulwark.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.bulwark.grammar.Name;
import io.bulwark.http.ContractFixture.Answer;
import io.bulwark.tenant.TenantPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many operations in one call: each ends as it would have alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperationBatchContractTest {
    private static final Name ACME = new Name("acme");

    private ContractFixture fixture;
    private String key = "";

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        fixture = new ContractFixture(directory);
    }

    @AfterAll
    void close() {
        fixture.close();
    }

    @BeforeEach
    void freshKey(TestInfo info) {
        key = "k" + info.getDisplayName().hashCode();
        fixture.ledger.away = false;
        fixture.guards().put(ACME, TenantPolicy.DEFAULT);
    }

    private Answer post(String verb, String... items) {
        return fixture.call(
                "POST",
                "/v1/tenants/{tenant}/operations/" + verb,
                "/v1/tenants/acme/operations/" + verb,
                "{\"items\":[" + String.join(",", items) + "]}");
    }

    private String claim(String suffix, String fingerprint) {
        return "{\"key\":\"" + key + suffix + "\",\"fingerprint\":\"" + fingerprint + "\"}";
    }

    private String complete(String suffix, int token) {
        return "{\"key\":\"" + key + suffix + "\",\"token\":" + token + ",\"status\":201,\"body\":\"done\"}";
    }

    private static JsonNode result(Answer answer, int index) {
        assertThat(answer.status()).isEqualTo(200);
        return answer.json().get("results").get(index);
    }

    @Test
    void claims_areEachDecidedAlone_andInOrder() {
        post("claim", claim("-done", "f"), claim("-taken", "f"));
        post("complete", complete("-done", 1));

        Answer answer =
                post("claim", claim("-new", "f"), claim("-done", "f"), claim("-taken", "f"), claim("-done", "g"));

        assertThat(result(answer, 0).get("result").asText()).isEqualTo("claimed");
        assertThat(result(answer, 0).get("token").asLong()).isEqualTo(1);
        assertThat(result(answer, 1).get("result").asText()).isEqualTo("completed");
        assertThat(result(answer, 1).get("status").asInt()).isEqualTo(201);
        assertThat(result(answer, 1).get("body").asText()).isEqualTo("done");
        assertThat(result(answer, 2).get("problem").asText()).isEqualTo("urn:bulwark:problem:operation-in-flight");
        assertThat(result(answer, 2).get("retryAfter").asText()).isEqualTo("PT1S");
        assertThat(result(answer, 3).get("problem").asText()).isEqualTo("urn:bulwark:problem:idempotency-key-reused");
        assertThat(answer.json().get("results").findValuesAsText("key"))
                .containsExactly(key + "-new", key + "-done", key + "-taken", key + "-done");
    }

    @Test
    void aKeyTwiceInOneCall_isClaimedOnce() {
        Answer answer = post("claim", claim("", "f"), claim("", "f"));

        assertThat(answer.json().get("results").findValuesAsText("result")).containsExactly("claimed", "refused");
    }

    @Test
    void anOutcomeThatIsUnknown_isRefused_andSaysSinceWhen() {
        post("claim", claim("", "f"));
        fixture.now.updateAndGet(now -> now.plus(Duration.ofMinutes(5)));

        JsonNode result = result(post("claim", claim("", "f")), 0);

        assertThat(result.get("problem").asText()).isEqualTo("urn:bulwark:problem:operation-outcome-unknown");
        assertThat(result.has("since")).isTrue();
    }

    @Test
    void completions_areRecordedOrRefused_andAgainTheSame() {
        post("claim", claim("-a", "f"), claim("-b", "f"));

        for (int i = 0; i < 2; i++) {
            Answer answer = post("complete", complete("-a", 1), complete("-b", 9), complete("-absent", 1));

            assertThat(result(answer, 0).get("result").asText()).isEqualTo("recorded");
            assertThat(result(answer, 1).get("problem").asText()).isEqualTo("urn:bulwark:problem:token-stale");
            assertThat(result(answer, 2).get("problem").asText()).isEqualTo("urn:bulwark:problem:unknown-operation");
        }
    }

    @Test
    void aLedgerThatIsAway_refusesEach_withRetryAfter() {
        fixture.ledger.away = true;

        JsonNode result = result(post("claim", claim("", "f")), 0);

        assertThat(result.get("problem").asText()).isEqualTo("urn:bulwark:problem:ledger-unavailable");
        assertThat(result.has("retryAfter")).isTrue();
    }

    @Test
    void moreThanAThousand_orNone_isRefusedAsAWhole() {
        String thousand = IntStream.range(0, 1_000)
                .mapToObj(number -> claim("-" + number, "f"))
                .collect(Collectors.joining(","));

        assertThat(post("claim", thousand).json().get("results")).hasSize(1_000);
        assertThat(post("claim", thousand, claim("", "f")).problem()).isEqualTo("invalid-request");
        assertThat(post("claim").problem()).isEqualTo("invalid-request");
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(quoteCharacter = '`', textBlock = """
        claim,    {"fingerprint":"f"},                              key
        claim,    `{"key":"a b","fingerprint":"f"}`,                key
        claim,    {"key":"k"},                                      fingerprint
        claim,    `{"key":"k","fingerprint":"f","lease":"PT2H"}`,   lease
        complete, `{"key":"k","token":0,"status":200}`,             token
        complete, `{"key":"k","token":1,"status":99}`,              status
        complete, `{"key":"k","token":1,"status":200,"more":1}`,    more
        """)
    void anItemThatIsNoItem_refusesTheCall_andIsNamed(String verb, String item, String member) {
        Answer answer = post(verb, item);

        assertThat(answer.problem()).isEqualTo("invalid-request");
        assertThat(answer.json().get("detail").asText()).contains(member);
    }

    @Test
    void operationsWhoseKeyIsAVerb_areStillShown() {
        fixture.call(
                "POST",
                "/v1/tenants/{tenant}/operations/{key}/claim",
                "/v1/tenants/acme/operations/claim/claim",
                "{\"fingerprint\":\"f\"}");

        assertThat(fixture.call("GET", "/v1/tenants/{tenant}/operations/{key}", "/v1/tenants/acme/operations/claim", "")
                        .json()
                        .get("key")
                        .asText())
                .isEqualTo("claim");
    }
}
