package io.bulwark.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.circuit.CircuitMode;
import io.bulwark.circuit.CircuitState;
import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand;
import io.bulwark.http.ContractFixture.Answer;
import io.bulwark.http.server.Role;
import io.bulwark.tenant.TenantStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of the contract under "Decisions" that speak of circuits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CircuitsContractTest {
    private static final String TEMPLATE = "/v1/tenants/{tenant}/circuits";
    private static final String PATH = "/v1/tenants/acme/circuits";

    private ContractFixture fixture;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        fixture = new ContractFixture(directory);
    }

    @AfterAll
    void close() {
        fixture.close();
    }

    private Answer send(String method, String verb, String body, CircuitReply reply) {
        fixture.guards().circuits = reply;
        return fixture.call(method, TEMPLATE + "/{service}/" + verb, PATH + "/payments/" + verb, body);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {"none | PT30S", "{} | PT30S", "{\"lease\":\"PT5S\"} | PT5S"})
    void permit_is200_withThePermitAndTheState(String body, Duration lease) {
        Answer answer = send(
                "POST", "permit", body == null ? "" : body, new CircuitReply.Permitted("p-1", CircuitState.HALF_OPEN));

        assertThat(answer.json().get("permit").asText()).isEqualTo("p-1");
        assertThat(answer.json().get("state").asText()).isEqualTo("half-open");
        assertThat(fixture.guards().asked.peekLast())
                .isInstanceOfSatisfying(
                        GuardCommand.PermitCircuit.class,
                        asked -> assertThat(asked.lease()).isEqualTo(lease));
    }

    @Test
    void permit_ofAnOpenCircuit_is503_withRetryAfter() {
        Answer answer = send("POST", "permit", "", new CircuitReply.Open(Duration.ofMillis(4_200)));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("circuit-open");
        assertThat(answer.header("Retry-After")).contains("5");
    }

    @Test
    void permit_refusals_haveTheirNames() {
        assertThat(send("POST", "permit", "", new CircuitReply.UnknownTenant()).problem())
                .isEqualTo("unknown-tenant");
        assertThat(send("POST", "permit", "", new CircuitReply.Suspended(TenantStatus.MAINTENANCE))
                        .problem())
                .isEqualTo("maintenance");
        assertThat(send("POST", "permit", "", new CircuitReply.Overloaded(Duration.ofSeconds(1)))
                        .problem())
                .isEqualTo("guard-overloaded");
        assertThat(fixture.call(
                                "POST",
                                TEMPLATE + "/{service}/permit",
                                "/v1/tenants/silent/circuits/payments/permit",
                                "")
                        .problem())
                .isEqualTo("guard-unavailable");
    }

    @ParameterizedTest
    @CsvSource({"success, SUCCESS", "failure, FAILURE", "ignored, IGNORED"})
    void report_is204(String outcome, Outcome asked) {
        Answer answer = send(
                "POST",
                "report",
                "{\"permit\":\"p-1\",\"outcome\":\"" + outcome + "\",\"took\":\"PT0.12S\"}",
                new CircuitReply.Done());

        assertThat(answer.status()).isEqualTo(204);
        assertThat(fixture.guards().asked.peekLast())
                .isInstanceOfSatisfying(GuardCommand.ReportCircuit.class, command -> {
                    assertThat(command.outcome()).isEqualTo(asked);
                    assertThat(command.took()).isEqualTo(Duration.ofMillis(120));
                });
    }

    @Test
    void report_ofAPermitThatIsNotOut_is409() {
        assertThat(send(
                                "POST",
                                "report",
                                "{\"permit\":\"p\",\"outcome\":\"ignored\"}",
                                new CircuitReply.UnknownPermit())
                        .problem())
                .isEqualTo("permit-stale");
    }

    @Test
    void circuits_areShown_withCountsAndSinceWhen() {
        fixture.guards().circuits = new CircuitReply.Shown(List.of(new CircuitReply.View(
                new Name("payments"),
                CircuitMode.FORCED_OPEN,
                CircuitState.OPEN,
                Instant.parse("2026-03-01T12:00:00Z"),
                Optional.of(Duration.ofSeconds(4)),
                20,
                11,
                3,
                2,
                1,
                "an operator")));

        Answer answer = fixture.call("GET", TEMPLATE, PATH, "");

        assertThat(answer.body())
                .isEqualTo("{\"items\":[{\"service\":\"payments\",\"mode\":\"forced-open\",\"state\":\"open\","
                        + "\"since\":\"2026-03-01T12:00:00Z\",\"retryAfter\":\"PT4S\",\"calls\":20,\"failures\":11,"
                        + "\"slow\":3,\"consecutiveFailures\":2,\"trips\":1,\"why\":\"an operator\"}]}");
    }

    @ParameterizedTest
    @CsvSource({
        "auto, AUTO",
        "forced-open, FORCED_OPEN",
        "disabled, DISABLED",
        "metrics-only, METRICS_ONLY",
    })
    void mode_isSetByOperators_with204(String mode, CircuitMode asked) {
        String body = "{\"mode\":\"" + mode + "\",\"reason\":\"why not\"}";

        assertThat(send("PUT", "mode", body, new CircuitReply.Done()).status()).isEqualTo(204);
        assertThat(fixture.guards().asked.peekLast())
                .isInstanceOfSatisfying(GuardCommand.SetCircuitMode.class, command -> {
                    assertThat(command.mode()).isEqualTo(asked);
                    assertThat(command.reason()).isEqualTo("why not");
                });
        assertThat(fixture.call(
                                "PUT",
                                TEMPLATE + "/{service}/mode",
                                PATH + "/payments/mode",
                                body,
                                "Authorization",
                                "Bearer " + fixture.token("acme", Role.VIEWER))
                        .problem())
                .isEqualTo("forbidden");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POST | permit | {\"lease\":\"PT0S\"}                          | lease is PT0S",
                "POST | report | {\"outcome\":\"success\",\"took\":\"PT1S\"}   | 'permit' is missing",
                "POST | report | {\"permit\":\"p\",\"outcome\":\"success\"}    | took is missing",
                "POST | report | {\"permit\":\"p\",\"outcome\":\"good\",\"took\":\"PT1S\"} | 'outcome' is \"good\"",
                "POST | report | {\"permit\":\"p\",\"outcome\":\"failure\",\"took\":\"-PT1S\"} | took is PT-1S",
                "PUT  | mode   | {}                                            | 'mode' is missing",
                "PUT  | mode   | {\"mode\":\"open\"}                           | 'forced-open'",
            })
    void aBodyOutsideTheContract_isRefused(String method, String verb, String body, String detail) {
        Answer answer = send(method.strip(), verb.strip(), body, new CircuitReply.Done());

        assertThat(answer.problem()).isEqualTo("invalid-request");
        assertThat(answer.json().get("detail").asText()).contains(detail);
    }
}
