package io.bulwark.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.grammar.Name;
import io.bulwark.http.ContractFixture.Answer;
import io.bulwark.http.server.Role;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.idempotency.OperationId;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of the contract under "Decisions" that speak of operations. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperationsContractTest {
    private static final Name ACME = new Name("acme");
    private static final String CLAIM = "{\"fingerprint\":\"f\",\"lease\":\"PT30S\"}";

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

    private Answer post(String verb, String body) {
        return post(verb, key, body);
    }

    private Answer post(String verb, String encodedKey, String body) {
        return fixture.call(
                "POST",
                "/v1/tenants/{tenant}/operations/{key}/" + verb,
                "/v1/tenants/acme/operations/" + encodedKey + "/" + verb,
                body);
    }

    private Answer show() {
        return fixture.call("GET", "/v1/tenants/{tenant}/operations/{key}", "/v1/tenants/acme/operations/" + key, "");
    }

    private void leaseRunsOut() {
        fixture.now.updateAndGet(now -> now.plus(Duration.ofSeconds(31)));
    }

    @Test
    void claim_first_is201_withTokenAndLease() {
        Answer answer = post("claim", CLAIM);

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().get("token").asLong()).isEqualTo(1);
        assertThat(answer.json().get("leaseUntil").asText())
                .isEqualTo(fixture.now.get().plusSeconds(30).toString());
    }

    @Test
    void claim_withoutALease_hasThePolicysOne() {
        assertThat(post("claim", "{\"fingerprint\":\"f\"}")
                        .json()
                        .get("leaseUntil")
                        .asText())
                .isEqualTo(fixture.now
                        .get()
                        .plus(TenantPolicy.DEFAULT.idempotency().lease())
                        .toString());
    }

    @Test
    void claim_completed_is200_withTheRecordedAnswer() {
        post("claim", CLAIM);
        assertThat(post(
                                "complete",
                                "{\"token\":1,\"status\":201,\"headers\":{\"content-type\":\"text/plain\",\"link\":[\"a\",\"b\"]},\"body\":\"grüße\"}")
                        .status())
                .isEqualTo(204);

        Answer answer = post("claim", CLAIM);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"state\":\"completed\",\"status\":201,\"headers\":"
                        + "{\"content-type\":\"text/plain\",\"link\":[\"a\",\"b\"]},\"body\":\"grüße\"}");
    }

    @Test
    void bodies_thatAreNoText_areBase64_inBothDirections() {
        post("claim", CLAIM);
        post("complete", "{\"token\":1,\"status\":200,\"body\":\"/wA=\",\"bodyEncoding\":\"base64\"}");

        Answer answer = post("claim", CLAIM);

        assertThat(answer.json().get("body").asText()).isEqualTo("/wA=");
        assertThat(answer.json().get("bodyEncoding").asText()).isEqualTo("base64");
    }

    @Test
    void claim_inFlight_is409_withRetryAfter() {
        post("claim", CLAIM);

        Answer answer = post("claim", CLAIM);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.problem()).isEqualTo("operation-in-flight");
        assertThat(answer.header("Retry-After")).contains("1");
    }

    @Test
    void claim_ofAnUnknownOutcome_is409_andResolveSettlesIt() {
        post("claim", CLAIM);
        leaseRunsOut();
        assertThat(post("claim", CLAIM).problem()).isEqualTo("operation-outcome-unknown");

        assertThat(post("resolve", "{\"as\":\"completed\",\"status\":200,\"body\":\"done\"}")
                        .status())
                .isEqualTo(204);
        assertThat(post("claim", CLAIM).json().get("body").asText()).isEqualTo("done");
        assertThat(post("resolve", "{\"as\":\"released\"}").problem()).isEqualTo("operation-outcome-known");
    }

    @Test
    void resolve_asReleased_letsTheNextClaimExecute() {
        post("claim", CLAIM);
        leaseRunsOut();
        assertThat(post("resolve", "{\"as\":\"released\"}").status()).isEqualTo(204);

        assertThat(post("claim", CLAIM).json().get("token").asLong()).isEqualTo(2);
    }

    @Test
    void claim_withAnotherFingerprint_is422() {
        post("claim", CLAIM);

        assertThat(post("claim", "{\"fingerprint\":\"other\"}").status()).isEqualTo(422);
    }

    @Test
    void extend_is204_andWithAnotherToken409() {
        post("claim", CLAIM);

        assertThat(post("extend", "{\"token\":1,\"lease\":\"PT1H\"}").status()).isEqualTo(204);
        assertThat(post("extend", "{\"token\":2,\"lease\":\"PT1H\"}").problem()).isEqualTo("token-stale");
        leaseRunsOut();
        assertThat(post("claim", CLAIM).problem()).isEqualTo("operation-in-flight");
    }

    @Test
    void complete_twiceWithTheSameAnswer_is204_andWithAnotherOr409() {
        post("claim", CLAIM);
        String answer = "{\"token\":1,\"status\":200,\"body\":\"x\"}";

        assertThat(post("complete", answer).status()).isEqualTo(204);
        assertThat(post("complete", answer).status()).isEqualTo(204);
        assertThat(post("complete", "{\"token\":1,\"status\":200,\"body\":\"y\"}")
                        .problem())
                .isEqualTo("token-stale");
        assertThat(post("complete", "{\"token\":2,\"status\":200}").problem()).isEqualTo("token-stale");
    }

    @Test
    void release_is204_andTheNextClaimHasAHigherToken() {
        post("claim", CLAIM);
        assertThat(post("release", "{\"token\":1}").status()).isEqualTo(204);

        assertThat(post("claim", CLAIM).json().get("token").asLong()).isEqualTo(2);
        assertThat(post("release", "{\"token\":1}").problem()).isEqualTo("token-stale");
    }

    @Test
    void whatIsNotThere_is404() {
        assertThat(show().problem()).isEqualTo("unknown-operation");
        assertThat(post("extend", "{\"token\":1,\"lease\":\"PT5S\"}").problem()).isEqualTo("unknown-operation");
        assertThat(post("complete", "{\"token\":1,\"status\":200}").problem()).isEqualTo("unknown-operation");
        assertThat(post("release", "{\"token\":1}").problem()).isEqualTo("unknown-operation");
        assertThat(post("resolve", "{\"as\":\"released\"}").problem()).isEqualTo("unknown-operation");
    }

    @Test
    void show_hasStateTokenAttemptsTimesAndExpiry_andNotTheAnswer() {
        post("claim", CLAIM);
        String leaseUntil = show().json().get("leaseUntil").asText();
        post("complete", "{\"token\":1,\"status\":201,\"body\":\"the secret\"}");

        Answer answer = show();

        assertThat(leaseUntil).isNotEmpty();
        assertThat(answer.json().get("state").asText()).isEqualTo("completed");
        assertThat(answer.json().get("token").asLong()).isEqualTo(1);
        assertThat(answer.json().get("attempts").asLong()).isEqualTo(1);
        assertThat(answer.json().has("createdAt")).isTrue();
        assertThat(answer.json().has("changedAt")).isTrue();
        assertThat(answer.json().has("expiresAt")).isTrue();
        assertThat(answer.json().get("status").asInt()).isEqualTo(201);
        assertThat(answer.body()).doesNotContain("secret");
    }

    @Test
    void aSuspendedTenant_claimsNothing_butMaySayHowItsWorkEnded() {
        post("claim", CLAIM);
        fixture.guards().put(ACME, suspended());

        Answer refused = post("claim", "another", CLAIM);

        assertThat(refused.problem()).isEqualTo("tenant-quarantined");
        assertThat(post("complete", "{\"token\":1,\"status\":200}").status()).isEqualTo(204);
        assertThat(TestLedger.isAbsent(fixture, new OperationId(ACME, new IdempotencyKey("another"))))
                .isTrue();
    }

    private static TenantPolicy suspended() {
        TenantPolicy policy = TenantPolicy.DEFAULT;
        return new TenantPolicy(
                policy.limits(),
                policy.appliesTo(),
                policy.circuit(),
                policy.idempotency(),
                policy.onGuardUnavailable(),
                TenantStatus.QUARANTINED,
                false);
    }

    @Test
    void anUnknownTenant_is404_andASilentGuard503() {
        String template = "/v1/tenants/{tenant}/operations/{key}/claim";

        assertThat(fixture.call("POST", template, "/v1/tenants/nobody/operations/k/claim", CLAIM)
                        .problem())
                .isEqualTo("unknown-tenant");
        assertThat(fixture.call("POST", template, "/v1/tenants/silent/operations/k/claim", CLAIM)
                        .problem())
                .isEqualTo("guard-unavailable");
    }

    @Test
    void aLedgerThatIsAway_is503_withRetryAfterRoundedUp() {
        fixture.ledger.away = true;

        Answer answer = post("claim", CLAIM);

        assertThat(answer.problem()).isEqualTo("ledger-unavailable");
        assertThat(answer.header("Retry-After")).contains("2");
        assertThat(show().problem()).isEqualTo("ledger-unavailable");
        assertThat(post("release", "{\"token\":1}").problem()).isEqualTo("ledger-unavailable");
    }

    @Test
    void keys_areOneTo255VisibleAsciiCharacters() {
        assertThat(post("claim", "k".repeat(255), CLAIM).status()).isEqualTo(201);
        assertThat(post("claim", "k".repeat(256), CLAIM).problem()).isEqualTo("idempotency-key-malformed");
        assertThat(post("claim", "%C3%A9", CLAIM).problem()).isEqualTo("idempotency-key-malformed");
        assertThat(post("claim", "a%20b", CLAIM).problem()).isEqualTo("idempotency-key-malformed");
        assertThat(post("claim", "a%2Fb%5C%22", CLAIM).status()).isEqualTo(201);
        assertThat(TestLedger.isAbsent(fixture, new OperationId(ACME, new IdempotencyKey("a/b\\\""))))
                .isFalse();
    }

    @Test
    void onlyOperators_resolve_andViewersLook() {
        post("claim", CLAIM);
        String caller = "Bearer " + fixture.token("acme", Role.CALLER);
        String viewer = "Bearer " + fixture.token("acme", Role.VIEWER);
        String path = "/v1/tenants/acme/operations/" + key;
        String template = "/v1/tenants/{tenant}/operations/{key}";

        assertThat(fixture.call(
                                "POST",
                                template + "/resolve",
                                path + "/resolve",
                                "{\"as\":\"released\"}",
                                "Authorization",
                                caller)
                        .problem())
                .isEqualTo("forbidden");
        assertThat(fixture.call("GET", template, path, "", "Authorization", caller)
                        .status())
                .isEqualTo(200);
        assertThat(fixture.call("GET", template, path, "", "Authorization", viewer)
                        .status())
                .isEqualTo(200);
        assertThat(fixture.call("POST", template + "/claim", path + "/claim", CLAIM, "Authorization", viewer)
                        .problem())
                .isEqualTo("forbidden");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "claim    | {}                                          | 'fingerprint' is missing",
                "claim    | {\"fingerprint\":\"a b\"}                   | visible ASCII",
                "claim    | {\"fingerprint\":\"\"}                      | expected 1 to 128",
                "claim    | {\"fingerprint\":\"f\",\"lease\":\"PT0S\"}  | lease is PT0S: expected PT1S to PT1H",
                "claim    | {\"fingerprint\":\"f\",\"ttl\":\"PT1S\"}    | 'ttl' is not a member",
                "extend   | {\"token\":1}                               | 'lease' is missing",
                "extend   | {\"token\":0,\"lease\":\"PT5S\"}            | token is 0: expected 1 to",
                "complete | {\"token\":1}                               | 'status' is missing",
                "complete | {\"token\":1,\"status\":99}                 | status is 99: expected 100 to 599",
                "complete | {\"token\":1,\"status\":600}                | status is 600: expected 100 to 599",
                "complete | {\"token\":1,\"status\":200,\"headers\":{\"a b\":\"c\"}} | headers names 'a b'",
                "complete | {\"token\":1,\"status\":200,\"headers\":{\"a\":\"b\\r\\nc: d\"}} | control character",
                "complete | {\"token\":1,\"status\":200,\"headers\":{\"a\":5}} | 'headers.a'",
                "complete | {\"token\":1,\"status\":200,\"body\":\"%\",\"bodyEncoding\":\"base64\"} | not base64",
                "complete | {\"token\":1,\"status\":200,\"bodyEncoding\":\"gzip\"} | 'bodyEncoding' is \"gzip\": expected one of 'text', 'base64'",
                "release  | {\"token\":\"1\"}                           | 'token' is \"1\": expected an integer",
                "resolve  | {}                                          | 'as' is missing",
                "resolve  | {\"as\":\"lost\"}                           | expected one of 'completed', 'released'",
                "resolve  | {\"as\":\"completed\"}                      | status is missing",
                "resolve  | {\"as\":\"released\",\"status\":200}        | expected none",
            })
    void aBodyOutsideTheContract_isRefused(String verb, String body, String detail) {
        Answer answer = post(verb.strip(), "bad", body);

        assertThat(answer.problem()).isEqualTo("invalid-request");
        assertThat(answer.json().get("detail").asText()).contains(detail);
    }
}
