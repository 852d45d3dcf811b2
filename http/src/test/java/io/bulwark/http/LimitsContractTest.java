package io.bulwark.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.LimitReply.Result;
import io.bulwark.guard.LimitReport;
import io.bulwark.http.ContractFixture.Answer;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.tenant.TenantStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of the contract under "Decisions" that speak of limits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsContractTest {
    private static final Name REQUESTS = new Name("requests");
    private static final LimitReport REPORT =
            new LimitReport(REQUESTS, Algorithm.TOKEN_BUCKET, 100, Duration.ofSeconds(1), 73, Duration.ofMillis(400));

    private ContractFixture fixture;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        fixture = new ContractFixture(directory);
    }

    @AfterAll
    void close() {
        fixture.close();
    }

    private Answer limits(String verb, String body, LimitReply reply) {
        fixture.guards().limits = reply;
        return fixture.call(
                "POST",
                "/v1/tenants/{tenant}/limits/{limit}/" + verb,
                "/v1/tenants/acme/limits/requests/" + verb,
                body);
    }

    private Answer batch(String body, LimitReply reply) {
        fixture.guards().limits = reply;
        return fixture.call("POST", "/v1/tenants/{tenant}/limits/acquire", "/v1/tenants/acme/limits/acquire", body);
    }

    private static LimitReply decided(Result... results) {
        return new LimitReply.Decided(List.of(results));
    }

    @Test
    void acquire_allowed_is200_withTheLevelAndTheHeaders() {
        Answer answer = limits("acquire", "{\"cost\":1}", decided(new Result.Allowed(REPORT, Duration.ZERO)));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"allowed\":true,\"limit\":100,\"remaining\":73,\"resetAfter\":\"PT0.4S\"}");
        assertThat(answer.header("RateLimit")).contains("\"requests\";r=73;t=1");
        assertThat(answer.header("RateLimit-Policy")).contains("\"requests\";q=100;w=1");
    }

    @Test
    void acquire_underALeakyBucket_saysHowLongToWait() {
        Answer answer = limits("acquire", "{}", decided(new Result.Allowed(REPORT, Duration.ofMillis(250))));

        assertThat(answer.json().get("delay").asText()).isEqualTo("PT0.25S");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{} | 1", "{\"cost\":0} | 0", "{\"cost\":7} | 7", "{\"cost\":1000000000000} | 1000000000000"})
    void acquire_asksTheGuardForThatCost(String body, long cost) {
        limits("acquire", body, decided(new Result.Allowed(REPORT, Duration.ZERO)));

        assertThat(fixture.guards().asked.peekLast())
                .isInstanceOfSatisfying(
                        GuardCommand.Acquire.class,
                        asked -> assertThat(asked.items()).containsExactly(new GuardCommand.Item(REQUESTS, cost)));
    }

    @Test
    void acquire_denied_is429_withTheSameMembers_andRetryAfterRoundedUp() {
        Answer answer = limits("acquire", "{}", decided(new Result.Denied(REPORT, Duration.ofMillis(1_001))));

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.problem()).isEqualTo("quota-exceeded");
        assertThat(answer.json().get("allowed").asBoolean()).isFalse();
        assertThat(answer.json().get("limit").asLong()).isEqualTo(100);
        assertThat(answer.json().get("remaining").asLong()).isEqualTo(73);
        assertThat(answer.json().get("resetAfter").asText()).isEqualTo("PT0.4S");
        assertThat(answer.json().get("retryAfter").asText()).isEqualTo("PT1.001S");
        assertThat(answer.json().get("violated-policies").get(0).asText()).isEqualTo("requests");
        assertThat(answer.header("Retry-After")).contains("2");
        assertThat(answer.header("RateLimit")).isPresent();
    }

    @Test
    void acquire_ofNoSuchLimit_is404_andOfAConcurrencyLimit409() {
        assertThat(limits("acquire", "{}", decided(new Result.NoSuchLimit(REQUESTS)))
                        .problem())
                .isEqualTo("unknown-limit");
        assertThat(limits("acquire", "{}", decided(new Result.HeldNotSpent(REQUESTS)))
                        .problem())
                .isEqualTo("limit-needs-reservation");
    }

    @Test
    void acquireMany_hasOneResultForEachItem_inOrder() {
        Answer answer = batch(
                "{\"items\":[{\"limit\":\"requests\"},{\"limit\":\"daily\",\"cost\":5},{\"limit\":\"none\"},{\"limit\":\"held\"}]}",
                decided(
                        new Result.Denied(REPORT, Duration.ofSeconds(2)),
                        new Result.Allowed(REPORT, Duration.ofSeconds(1)),
                        new Result.NoSuchLimit(new Name("none")),
                        new Result.HeldNotSpent(new Name("held"))));

        assertThat(answer.status()).isEqualTo(200);
        var results = answer.json().get("results");
        assertThat(results.findValuesAsText("name")).containsExactly("requests", "daily", "none", "held");
        assertThat(results.findValuesAsText("allowed")).containsExactly("false", "true", "false", "false");
        assertThat(results.get(0).get("retryAfter").asText()).isEqualTo("PT2S");
        assertThat(results.get(1).get("delay").asText()).isEqualTo("PT1S");
        assertThat(results.get(2).get("problem").asText()).isEqualTo("urn:bulwark:problem:unknown-limit");
        assertThat(results.get(3).get("problem").asText()).isEqualTo("urn:bulwark:problem:limit-needs-reservation");
    }

    @Test
    void acquireMany_takesAThousand_andNotOneMore() {
        Result allowed = new Result.Allowed(REPORT, Duration.ZERO);
        Result[] results = IntStream.range(0, 1_000).mapToObj(i -> allowed).toArray(Result[]::new);

        assertThat(batch(items(1_000), decided(results)).json().get("results")).hasSize(1_000);
        assertThat(batch(items(1_001), decided(results)).json().get("detail").asText())
                .contains("items (how many) is 1001: expected 1 to 1000");
        assertThat(batch("{\"items\":[]}", decided()).status()).isEqualTo(400);
    }

    private static String items(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"limit\":\"requests\"}")
                .collect(Collectors.joining(",", "{\"items\":[", "]}"));
    }

    @Test
    void reserve_is200_withTheReservation_andSettleSaysWhatItCameTo() {
        Instant until = Instant.parse("2026-03-01T12:01:00Z");
        Answer reserved = limits(
                "reserve",
                "{\"cost\":500,\"for\":\"PT1M\"}",
                new LimitReply.Reserved("r-1", until, REPORT, Duration.ZERO));
        assertThat(reserved.body())
                .isEqualTo("{\"reservation\":\"r-1\",\"expiresAt\":\"2026-03-01T12:01:00Z\",\"allowed\":true,"
                        + "\"limit\":100,\"remaining\":73,\"resetAfter\":\"PT0.4S\"}");
        assertThat(fixture.guards().asked.peekLast())
                .isInstanceOfSatisfying(
                        GuardCommand.Reserve.class,
                        asked -> assertThat(asked.expiresIn()).isEqualTo(Duration.ofMinutes(1)));

        Answer settled = limits("settle", "{\"reservation\":\"r-1\",\"cost\":120}", new LimitReply.Settled(REPORT));
        assertThat(settled.body()).isEqualTo("{\"limit\":100,\"remaining\":73,\"resetAfter\":\"PT0.4S\"}");
        assertThat(fixture.guards().asked.peekLast())
                .isInstanceOfSatisfying(
                        GuardCommand.SettleReservation.class,
                        asked -> assertThat(asked.cost()).isEqualTo(120));
    }

    @Test
    void reserveAndSettle_refusals_haveTheirNames() {
        String reserve = "{\"cost\":500,\"for\":\"PT1M\"}";
        Answer refused = limits("reserve", reserve, new LimitReply.Refused(REPORT, Duration.ofSeconds(3)));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).contains("3");
        assertThat(limits("reserve", reserve, new LimitReply.Overloaded(Duration.ofMillis(1)))
                        .problem())
                .isEqualTo("guard-overloaded");
        assertThat(limits("reserve", reserve, new LimitReply.UnknownLimit(REQUESTS))
                        .problem())
                .isEqualTo("unknown-limit");
        assertThat(limits("settle", "{\"reservation\":\"r\",\"cost\":1}", new LimitReply.UnknownReservation())
                        .problem())
                .isEqualTo("unknown-reservation");
    }

    @Test
    void aTenantThatIsUnknownOrSuspended_isToldSo() {
        assertThat(limits("acquire", "{}", new LimitReply.UnknownTenant()).problem())
                .isEqualTo("unknown-tenant");
        assertThat(limits("acquire", "{}", new LimitReply.Suspended(TenantStatus.QUARANTINED))
                        .problem())
                .isEqualTo("tenant-quarantined");
        Answer maintenance = limits("acquire", "{}", new LimitReply.Suspended(TenantStatus.MAINTENANCE));
        assertThat(maintenance.problem()).isEqualTo("maintenance");
        assertThat(maintenance.header("Retry-After")).isPresent();
    }

    @Test
    void aGuardThatDoesNotAnswer_is503_withRetryAfter() {
        Answer answer = fixture.call(
                "POST",
                "/v1/tenants/{tenant}/limits/{limit}/acquire",
                "/v1/tenants/silent/limits/requests/acquire",
                "{}");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("guard-unavailable");
        assertThat(answer.header("Retry-After")).contains("1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "acquire | {                             | malformed-json  | JSON",
                "acquire | {\"cots\":1}                  | invalid-request | 'cots' is not a member",
                "acquire | {\"cost\":\"1\"}              | invalid-request | 'cost' is \"1\": expected an integer",
                "acquire | {\"cost\":1.0}                | invalid-request | 'cost' is 1.0: expected an integer",
                "acquire | {\"cost\":-1}                 | invalid-request | cost is -1: expected 0 to",
                "acquire | {\"cost\":1000000000001}      | invalid-request | cost is 1000000000001: expected 0 to",
                "acquire | {\"cost\":1,\"cost\":2}       | malformed-json  | cost",
                "reserve | {\"cost\":5}                  | invalid-request | 'for' is missing",
                "reserve | {\"cost\":0,\"for\":\"PT1S\"} | invalid-request | cost is 0: expected 1 to",
                "reserve | {\"cost\":5,\"for\":60}       | invalid-request | 'for' is 60: expected an ISO 8601 duration",
                "reserve | {\"cost\":5,\"for\":\"PT2H\"} | invalid-request | for is PT2H: expected PT0.001S to PT1H",
                "settle  | {\"cost\":5}                  | invalid-request | 'reservation' is missing",
                "settle  | {\"reservation\":\"r\"}       | invalid-request | 'cost' is missing",
            })
    void aBodyOutsideTheContract_isRefused(String verb, String body, String problem, String detail) {
        Answer answer = limits(verb.strip(), body, decided(new Result.Allowed(REPORT, Duration.ZERO)));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.problem()).isEqualTo(problem);
        assertThat(answer.json().get("detail").asText()).contains(detail);
    }

    @Test
    void namesOutOfGrammar_are400() {
        String template = "/v1/tenants/{tenant}/limits/{limit}/acquire";

        assertThat(fixture.call("POST", template, "/v1/tenants/Acme/limits/requests/acquire", "{}")
                        .problem())
                .isEqualTo("invalid-name");
        assertThat(fixture.call("POST", template, "/v1/tenants/acme/limits/a%20b/acquire", "{}")
                        .problem())
                .isEqualTo("invalid-name");
        assertThat(fixture.call("POST", template, "/v1/tenants/acme/limits/" + "a".repeat(64) + "/acquire", "{}")
                        .problem())
                .isEqualTo("invalid-name");
    }

    @Test
    void aLimitThatIsCalledAcquire_canBeAcquired() {
        fixture.guards().limits = decided(new Result.Allowed(REPORT, Duration.ZERO));

        assertThat(fixture.call(
                                "POST",
                                "/v1/tenants/{tenant}/limits/{limit}/acquire",
                                "/v1/tenants/acme/limits/acquire/acquire",
                                "{}")
                        .status())
                .isEqualTo(200);
    }
}
