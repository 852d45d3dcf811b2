package io.bulwark.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bulwark.http.ContractFixture.Answer;
import io.bulwark.http.server.Role;
import io.bulwark.restore.Restores.Started;
import io.bulwark.restore.Restores.Why;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of the contract about restores. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestoresContractTest {
    private static final String RESTORES = "/v1/restores";
    private static final String RESTORE = "/v1/restores/{restore}";
    private static final String ORDER =
            "{\"tenant\":\"acme\",\"at\":\"2026-11-27T03:15:00Z\",\"dryRun\":true,\"reason\":\"ticket 4711\"}";

    private ContractFixture fixture;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        fixture = new ContractFixture(directory);
    }

    @BeforeEach
    void forgetAll() {
        fixture.restores.forgetAll();
    }

    @AfterAll
    void close() {
        fixture.close();
    }

    @Test
    void restore_isBegun_andWatchedWhereTheAnswerSays() throws Exception {
        Answer begun = fixture.call("POST", RESTORES, RESTORES, ORDER);

        assertThat(begun.status()).isEqualTo(202);
        assertThat(begun.header("Location")).contains("/v1/restores/run-1");
        Answer shown = fixture.call("GET", RESTORE, "/v1/restores/run-1", "");
        assertThat(shown.status()).isEqualTo(200);
        assertThat(shown.json()).isEqualTo(begun.json()).isEqualTo(new ObjectMapper().readTree("""
                {"id": "run-1", "tenant": "acme", "at": "2026-11-27T03:15:00Z", "dryRun": true, "reason": "ticket 4711",
                 "state": "running", "phase": "restoring", "progress": "", "node": "127.0.0.1:25520",
                 "startedAt": "2026-11-27T06:00:00Z", "erased": 0, "unsettled": 0}"""));
    }

    @Test
    void restoreThatIsDone_showsWhatChanged_andTheHashes() throws Exception {
        fixture.call("POST", RESTORES, RESTORES, ORDER.replace("true", "false"));
        fixture.restores.finish("run-1");

        assertThat(fixture.call("GET", RESTORE, "/v1/restores/run-1", "").json())
                .isEqualTo(new ObjectMapper().readTree("""
                {"id": "run-1", "tenant": "acme", "at": "2026-11-27T03:15:00Z", "dryRun": false, "reason": "ticket 4711",
                 "state": "done", "phase": "releasing", "progress": "", "node": "127.0.0.1:25520",
                 "startedAt": "2026-11-27T06:00:00Z", "endedAt": "2026-11-27T06:00:00Z", "status": "active",
                 "erased": 3, "unsettled": 1,
                 "difference": [{"table": "app.invoice", "added": {"count": 2, "keys": ["4", "5"]},
                                 "removed": {"count": 0, "keys": []}, "changed": {"count": 1, "keys": ["7"]}, "same": 90}],
                 "restored": [{"table": "app.invoice", "before": {"rows": 93, "sum": "a1-b2"},
                               "after": {"rows": 93, "sum": "a1-b2"}, "others": {"rows": 93, "sum": "a1-b2"}}]}"""));
    }

    @Test
    void restores_areListedInPages_theLatestFirst() {
        for (int i = 0; i < 3; i++) {
            fixture.call("POST", RESTORES, RESTORES, ORDER);
        }
        Answer first = fixture.call("GET", RESTORES, RESTORES + "?limit=2", "");
        assertThat(first.json().at("/items/0/id").asText()).isEqualTo("run-3");
        assertThat(first.json().at("/next").asText()).isEqualTo("run-2");

        Answer second = fixture.call("GET", RESTORES, RESTORES + "?limit=2&after=run-2", "");
        assertThat(second.json().at("/items").size()).isEqualTo(1);
        assertThat(second.json().has("next")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "UNKNOWN_TENANT, 404, unknown-tenant",
        "RUNNING, 409, restore-running",
        "NOT_CONFIGURED, 409, backups-not-configured",
        "IMPOSSIBLE, 409, restore-impossible"
    })
    void restoreThatCannotBe_saysWhy(Why why, int status, String problem) {
        fixture.restores.refusal = Optional.of(new Started.Refused(why, "It is because of this"));

        Answer answer = fixture.call("POST", RESTORES, RESTORES, ORDER);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.problem()).isEqualTo(problem);
        assertThat(answer.json().at("/detail").asText()).isEqualTo("It is because of this.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'at':'2026-11-27T03:15:00Z','reason':'x'} | tenant",
                "{'tenant':'Acme','at':'2026-11-27T03:15:00Z','reason':'x'} | 'Acme' is not a name",
                "{'tenant':'acme','at':'yesterday','reason':'x'} | at",
                "{'tenant':'acme','at':'2026-11-27T03:15:00Z'} | reason",
                "{'tenant':'acme','at':'2026-11-27T03:15:00Z','reason':' '} | reason has 1 characters",
                "{'tenant':'acme','at':'2026-11-27T03:15:00Z','reason':'x','dryrun':true} | dryrun"
            })
    void orderThatCannotBeRead_isRefusedByName(String body, String said) {
        Answer answer = fixture.call("POST", RESTORES, RESTORES, body.replace('\'', '"'));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/detail").asText()).contains(said);
    }

    @Test
    void restoreThatIsNotThere_orCannotBeLookedUp_saysSo() {
        assertThat(fixture.call("GET", RESTORE, "/v1/restores/run-9", "").problem())
                .isEqualTo("unknown-restore");
        fixture.restores.away = true;
        assertThat(fixture.call("GET", RESTORE, "/v1/restores/run-9", "").problem())
                .isEqualTo("restores-unavailable");
        assertThat(fixture.call("POST", RESTORES, RESTORES, ORDER).problem()).isEqualTo("restores-unavailable");
    }

    @Test
    void restores_areForAdminsOfAllTenants() {
        for (String token : new String[] {fixture.token("*", Role.OPERATOR), fixture.token("acme", Role.ADMIN)}) {
            Answer answer = fixture.call("POST", RESTORES, RESTORES, ORDER, "Authorization", "Bearer " + token);
            assertThat(answer.status()).isEqualTo(403);
        }
    }
}
