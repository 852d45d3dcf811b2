package io.bulwark.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.http.ContractFixture.Answer;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of the contract about backups. */
class BackupsContractTest {
    private static final String ALL = "/v1/backups";
    private static final String ONE = "/v1/backups/{backup}";
    private static final String STATUS = "/v1/backups/status";
    private static final String POLICY = "/v1/backups/policy";
    private static final String RUNS = "/v1/backups/runs";
    private static final String RUN = "/v1/backups/runs/{run}";
    private static final String DRILLS = "/v1/drills";

    private ContractFixture fixture;

    @BeforeEach
    void open(@TempDir Path directory) throws Exception {
        fixture = new ContractFixture(directory);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static String id(String template, String value) {
        return template.replaceFirst("\\{[a-z]+}", value);
    }

    @Test
    void aBackup_isAskedFor_andItsRunTellsHowFarItIs() {
        Answer asked = fixture.call(
                "POST", ALL, ALL, "{\"kind\":\"full\",\"label\":\"before the release\",\"tags\":{\"keep\":\"\"}}");

        assertThat(asked.status()).isEqualTo(202);
        assertThat(asked.header("Location")).hasValue("/v1/backups/runs/1");
        Answer run = fixture.call("GET", RUN, id(RUN, "1"), "");
        assertThat(run.json().at("/state").asText()).isEqualTo("running");
        assertThat(run.json().at("/bytesDone").asLong()).isEqualTo(10);
        assertThat(run.json().at("/task/kind").asText()).isEqualTo("full");
        assertThat(run.json().at("/node").asText()).isEqualTo("127.0.0.1:25520");
    }

    @Test
    void anEmptyWish_isAnIncrementalBackup() {
        Answer asked = fixture.call("POST", ALL, ALL, "{}");

        assertThat(asked.json().at("/task/kind").asText()).isEqualTo("incremental");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"kind\":\"half\"}              | kind",
                "{\"labels\":\"x\"}               | labels",
                "{\"tags\":{\"bulwark.wal\":\"\"}} | tags",
            })
    void aWishThatIsNone_isRefused_andNamed(String body, String named) {
        Answer answer = fixture.call("POST", ALL, ALL, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/detail").asText()).contains(named);
    }

    @Test
    void moreRunsThanMayWait_areToldToComeLater() {
        fixture.backups.full = true;

        Answer answer = fixture.call("POST", ALL, ALL, "{}");

        assertThat(answer.problem()).isEqualTo("backup-queue-full");
        assertThat(answer.header("Retry-After")).isPresent();
    }

    @Test
    void backups_areListedTheNewestFirst_byPages_withThoseThatCannotBeRead() {
        Answer first = fixture.call("GET", ALL, ALL + "?limit=1", "");
        assertThat(first.json().at("/items/0/id").asText()).isEqualTo(StandInBackups.NEXT);
        assertThat(first.json().at("/next").asText()).isEqualTo(StandInBackups.NEXT);
        assertThat(first.json().at("/unreadable").size()).isEqualTo(1);

        Answer second = fixture.call("GET", ALL, ALL + "?limit=1&after=" + StandInBackups.NEXT, "");
        assertThat(second.json().at("/items/0/id").asText()).isEqualTo(StandInBackups.FULL);
        assertThat(second.json().has("next")).isFalse();
    }

    @Test
    void oneBackup_isShown_verifiedAndDeletedByRuns() {
        Answer shown = fixture.call("GET", ONE, id(ONE, StandInBackups.FULL), "");
        assertThat(shown.json().at("/keptBecause").asText()).isEqualTo("the newest");

        Answer verify = fixture.call("POST", ONE + "/verify", id(ONE, StandInBackups.FULL) + "/verify", "");
        assertThat(verify.status()).isEqualTo(202);
        Answer delete = fixture.call("DELETE", ONE, id(ONE, StandInBackups.FULL), "");
        assertThat(delete.json().at("/task/type").asText()).isEqualTo("delete");
        assertThat(delete.json().at("/task/backup").asText()).isEqualTo(StandInBackups.FULL);

        assertThat(fixture.call("GET", ONE, id(ONE, "none"), "").problem()).isEqualTo("unknown-backup");
        assertThat(fixture.call("DELETE", ONE, id(ONE, "none"), "").problem()).isEqualTo("unknown-backup");
    }

    @Test
    void runs_areListedTheLatestFirst_andTakenBack() {
        fixture.call("POST", ALL, ALL, "{}");
        fixture.call("POST", DRILLS, DRILLS, "");

        Answer runs = fixture.call("GET", RUNS, RUNS, "");
        assertThat(runs.json().at("/items").findValuesAsText("run")).containsExactly("2", "1");
        assertThat(runs.json().at("/items/0/task/type").asText()).isEqualTo("drill");
        assertThat(fixture.call("DELETE", RUN, id(RUN, "2"), "").status()).isEqualTo(204);
        assertThat(fixture.call("DELETE", RUN, id(RUN, "2"), "").problem()).isEqualTo("run-over");
        assertThat(fixture.call("DELETE", RUN, id(RUN, "3"), "").problem()).isEqualTo("unknown-run");
        assertThat(fixture.call("GET", RUN, id(RUN, "x"), "").problem()).isEqualTo("unknown-run");
    }

    @Test
    void thePolicy_hasDefaults_andAVersionThatGuardsChanges() {
        Answer shown = fixture.call("GET", POLICY, POLICY, "");
        assertThat(shown.json().at("/retention/daily").asInt()).isEqualTo(14);
        assertThat(shown.header("ETag")).hasValue("\"0\"");

        Answer put = fixture.call(
                "PUT", POLICY, POLICY, "{\"archive\":\"synchronous\",\"retention\":{\"last\":5}}", "If-Match", "\"0\"");
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.json().at("/retention/daily").asInt()).isEqualTo(14);
        assertThat(put.json().at("/schedules").size()).isEqualTo(4);
        assertThat(fixture.call("PUT", POLICY, POLICY, "{}", "If-Match", "\"0\"")
                        .status())
                .isEqualTo(412);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"schedules\":[{\"name\":\"a\",\"run\":\"full\",\"cron\":\"never\"}]} | schedules.a.cron",
                "{\"schedules\":[{\"name\":\"a\",\"run\":\"all\",\"cron\":\"* * * * *\"}]} | run",
                "{\"retention\":{\"last\":-1}} | retention.last",
                "{\"retention\":{\"zone\":\"Middle/Earth\"}} | retention.zone",
                "{\"objectives\":{\"recoveryPoint\":\"PT0S\"}} | objectives.recoveryPoint",
                "{\"archive\":\"sometimes\"} | archive",
                "{\"rateMaxKibibytes\":7} | rateMaxKibibytes",
            })
    void aPolicyThatIsNone_isRefused_andNamed(String body, String named) {
        Answer answer = fixture.call("PUT", POLICY, POLICY, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/detail").asText()).contains(named);
    }

    @Test
    void theStatus_tellsWhatWouldBeLost() {
        Answer status = fixture.call("GET", STATUS, STATUS, "");

        assertThat(status.status()).isEqualTo(200);
        assertThat(status.json().at("/archive/state").asText()).isEqualTo("streaming");
        assertThat(status.json().at("/objectives/recoveryPoint").asText()).isEqualTo("PT5M");
        assertThat(status.json().at("/next/nightly").asText()).isEqualTo("2026-11-26T12:01:00Z");
    }

    @Test
    void drills_areShownAsTheyWereReported() {
        assertThat(fixture.call("GET", DRILLS, DRILLS, "")
                        .json()
                        .at("/items/0/passed")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void aCoordinatorThatIsSilent_andARepositoryThatCannotBeRead_areToldApart() {
        fixture.backups.broken = Optional.of("The bucket is away");
        assertThat(fixture.call("GET", ALL, ALL, "").problem()).isEqualTo("repository-unavailable");

        fixture.backups.away = true;
        assertThat(fixture.call("GET", STATUS, STATUS, "").problem()).isEqualTo("backups-unavailable");
        assertThat(fixture.call("POST", ALL, ALL, "{}").problem()).isEqualTo("backups-unavailable");
    }

    @Test
    void withoutARepository_everyRouteSaysWhatToSet() {
        fixture.backups.configured = false;

        Answer answer = fixture.call("GET", STATUS, STATUS, "");

        assertThat(answer.problem()).isEqualTo("backups-not-configured");
        assertThat(answer.json().at("/detail").asText()).contains("BULWARK_BACKUP_REPOSITORY");
        assertThat(fixture.call("POST", ALL, ALL, "{}").problem()).isEqualTo("backups-not-configured");
    }
}
