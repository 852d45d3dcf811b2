package io.bulwark.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.circuit.CircuitState;
import io.bulwark.grammar.Name;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardSilentException.Why;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.LimitReply.Result;
import io.bulwark.guard.LimitReport;
import io.bulwark.http.ContractFixture.Answer;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Decisions that a node makes by itself say so, whatever they come to; the others do not. */
class DegradedContractTest {
    private static final String DEGRADED = "Bulwark-Degraded";
    private static final LimitReport REPORT = new LimitReport(
            new Name("requests"), Algorithm.TOKEN_BUCKET, 33, Duration.ofSeconds(3), 7, Duration.ofSeconds(1));

    private ContractFixture fixture;

    @BeforeEach
    void open(@TempDir Path directory) throws Exception {
        fixture = new ContractFixture(directory);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    record LimitCase(String what, LimitReply reply, int single, int batch) {
        @Override
        public String toString() {
            return what;
        }
    }

    static List<LimitCase> limitCases() {
        return List.of(
                new LimitCase("allowed", decided(new Result.Allowed(REPORT, Duration.ZERO)), 200, 200),
                new LimitCase("denied", decided(new Result.Denied(REPORT, Duration.ofSeconds(2))), 429, 200),
                new LimitCase("no such limit", decided(new Result.NoSuchLimit(new Name("requests"))), 404, 200),
                new LimitCase("held", decided(new Result.HeldNotSpent(new Name("requests"))), 409, 200),
                new LimitCase("suspended", new LimitReply.Suspended(TenantStatus.QUARANTINED), 503, 503));
    }

    private static LimitReply decided(Result result) {
        return new LimitReply.Decided(List.of(result));
    }

    @ParameterizedTest
    @MethodSource("limitCases")
    void aLimitDecision_byTheStandIn_isMarkedAndCounted(LimitCase row) {
        fixture.guards().limits = new LimitReply.StoodIn(row.reply());

        assertThat(marked(acquire())).isEqualTo(row.single());
        assertThat(marked(acquireMany())).isEqualTo(row.batch());
        assertThat(fixture.degraded()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("limitCases")
    void aLimitDecision_byTheGuard_isNot(LimitCase row) {
        fixture.guards().limits = row.reply();

        assertThat(acquire().header(DEGRADED)).isEmpty();
        assertThat(acquireMany().header(DEGRADED)).isEmpty();
        assertThat(fixture.degraded()).isZero();
    }

    @Test
    void aCircuitDecision_byTheStandIn_isMarkedAndCounted() {
        fixture.guards().circuits = new CircuitReply.StoodIn(new CircuitReply.Permitted("p", CircuitState.CLOSED));
        assertThat(marked(circuit("permit", ""))).isEqualTo(200);
        fixture.guards().circuits = new CircuitReply.StoodIn(new CircuitReply.Open(Duration.ofSeconds(1)));
        assertThat(marked(circuit("permit", ""))).isEqualTo(503);
        fixture.guards().circuits = new CircuitReply.StoodIn(new CircuitReply.Done());
        String report = "{\"permit\":\"p\",\"outcome\":\"ignored\"}";
        assertThat(marked(circuit("report", report))).isEqualTo(204);
        fixture.guards().circuits = new CircuitReply.StoodIn(new CircuitReply.UnknownPermit());
        assertThat(marked(circuit("report", report))).isEqualTo(409);

        assertThat(fixture.degraded()).isEqualTo(4);
    }

    @Test
    void aPolicy_fromTheNodesMemory_isMarked_andAClaimByItIsTheLedgersOwn() {
        fixture.guards().put(new Name("acme"), TenantPolicy.DEFAULT);
        fixture.guards().away = true;

        Answer shown = fixture.call("GET", "/v1/tenants/{tenant}", "/v1/tenants/acme", "");
        assertThat(marked(shown)).isEqualTo(200);
        assertThat(shown.header("ETag")).contains("\"1\"");

        Answer claimed = fixture.call(
                "POST",
                "/v1/tenants/{tenant}/operations/{key}/claim",
                "/v1/tenants/acme/operations/k1/claim",
                "{\"fingerprint\":\"" + "0".repeat(64) + "\"}");
        assertThat(claimed.status()).isEqualTo(201);
        assertThat(claimed.header(DEGRADED)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Why.class)
    void aQuestionThatNoNodeMayAnswer_is503_markedAndSaysWhy(Why why) {
        fixture.guards().silent = Optional.of(why);

        Answer answer = acquire();

        assertThat(marked(answer)).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("guard-unavailable");
        assertThat(answer.json().path("detail").asText()).contains(why.words());
        assertThat(answer.header("Retry-After")).contains("1");
    }

    private Answer acquire() {
        return fixture.call(
                "POST",
                "/v1/tenants/{tenant}/limits/{limit}/acquire",
                "/v1/tenants/acme/limits/requests/acquire",
                "{}");
    }

    private Answer acquireMany() {
        return fixture.call(
                "POST",
                "/v1/tenants/{tenant}/limits/acquire",
                "/v1/tenants/acme/limits/acquire",
                "{\"items\":[{\"limit\":\"requests\"}]}");
    }

    private Answer circuit(String verb, String body) {
        return fixture.call(
                "POST",
                "/v1/tenants/{tenant}/circuits/{service}/" + verb,
                "/v1/tenants/acme/circuits/payments/" + verb,
                body);
    }

    /** The status of an answer that is marked, once. */
    private static int marked(Answer answer) {
        assertThat(answer.response().headers().allValues(DEGRADED)).containsExactly("guard");
        return answer.status();
    }
}
