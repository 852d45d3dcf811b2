package io.bulwark.blackbox;

import static io.bulwark.blackbox.Problems.assertProblem;
import static io.bulwark.blackbox.Problems.assertRetryableProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The table of decisions: asked before doing the work oneself. One test, at least, for each row. */
@ExtendWith(SharedStage.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class DecisionsContractTest {
    private static final String TENANT = "/v1/tenants/decisions";

    private static BulwarkClient caller;
    private static BulwarkClient admin;

    @BeforeAll
    static void prepare(Stage stage) {
        admin = stage.admin();
        caller = stage.caller("decisions");
        String limits = IntStream.rangeClosed(1, 6)
                .mapToObj(i -> "{\"name\":\"l" + i + "\",\"capacity\":100,\"refill\":1,\"per\":\"P1D\"}")
                .collect(Collectors.joining(","));
        stage.tenant(
                "decisions",
                "{\"limits\":[" + limits + ",{\"name\":\"slots\",\"algorithm\":\"concurrency\",\"capacity\":2}],"
                        + "\"circuit\":{\"trip\":{\"consecutiveFailures\":3},\"openFor\":\"PT1H\",\"openForMax\":\"PT1H\"}}");
    }

    @Test
    void acquire_withinTheLimit_200() {
        Reply reply = acquire("l1", 27);

        assertThat(reply.status()).isEqualTo(200);
        JsonNode json = reply.json();
        assertThat(json.path("allowed").asBoolean()).isTrue();
        assertThat(json.path("limit").asLong()).isEqualTo(100);
        assertThat(json.path("remaining").asLong()).isEqualTo(73);
        assertThat(Duration.parse(json.path("resetAfter").asText())).isPositive();
    }

    @Test
    void acquire_beyondTheLimit_429WithTheSameMembersAndRetryAfter() {
        acquire("l2", 99);

        Reply reply = acquire("l2", 2);

        assertThat(reply.status()).isEqualTo(429);
        JsonNode json = reply.json();
        assertThat(json.path("allowed").asBoolean(true)).isFalse();
        assertThat(json.path("limit").asLong()).isEqualTo(100);
        assertThat(json.path("remaining").asLong()).isEqualTo(1);
        assertThat(Duration.parse(json.path("retryAfter").asText())).isPositive();
        assertThat(reply.header("Retry-After")).isPresent();
    }

    @Test
    void acquire_costZero_peeks() {
        acquire("l3", 10);

        assertThat(acquire("l3", 0).json().path("remaining").asLong()).isEqualTo(90);
        assertThat(acquire("l3", 0).json().path("remaining").asLong()).isEqualTo(90);
    }

    @Test
    void acquire_unknownLimit_404() {
        assertProblem(acquire("ghost", 1), 404, "unknown-limit");
    }

    @Test
    void acquireMany_eachWithItsOwnResultInOrder() {
        Reply reply = caller.post(
                TENANT + "/limits/acquire",
                "{\"items\":[{\"limit\":\"l4\",\"cost\":60},{\"limit\":\"l4\",\"cost\":60},{\"limit\":\"l4\",\"cost\":40}]}");

        assertThat(reply.status()).as("%s", reply).isEqualTo(200);
        JsonNode items = reply.json().path("results");
        assertThat(items).as("%s", reply).hasSize(3);
        assertThat(items).extracting(item -> item.path("allowed").asBoolean()).containsExactly(true, false, true);
        assertThat(items.get(2).path("remaining").asLong()).isZero();
    }

    @Test
    void acquireMany_thousandItems_areTaken() {
        String items = IntStream.range(0, 1_000)
                .mapToObj(i -> "{\"limit\":\"l5\",\"cost\":1}")
                .collect(Collectors.joining(","));

        JsonNode decided = caller.post(TENANT + "/limits/acquire", "{\"items\":[" + items + "]}")
                .json()
                .path("results");

        assertThat(decided).hasSize(1_000);
        assertThat(decided).filteredOn(item -> item.path("allowed").asBoolean()).hasSize(100);
    }

    @Test
    void reserveThenSettle_chargesWhatItTurnedOutToCost() {
        Reply reserved = caller.post(TENANT + "/limits/l6/reserve", "{\"cost\":80,\"for\":\"PT1M\"}");
        assertThat(reserved.status()).as("%s", reserved).isIn(200, 201);
        assertThat(acquire("l6", 0).json().path("remaining").asLong()).isEqualTo(20);

        String reservation = reserved.json().path("reservation").asText();
        Reply settled =
                caller.post(TENANT + "/limits/l6/settle", "{\"reservation\":\"" + reservation + "\",\"cost\":30}");

        assertThat(settled.status()).as("%s", settled).isIn(200, 204);
        assertThat(acquire("l6", 0).json().path("remaining").asLong()).isEqualTo(70);
        Reply again =
                caller.post(TENANT + "/limits/l6/settle", "{\"reservation\":\"" + reservation + "\",\"cost\":30}");
        assertProblem(again, 404, "unknown-reservation");
    }

    @Test
    void reserve_concurrency_heldUntilSettled() {
        Reply first = caller.post(TENANT + "/limits/slots/reserve", "{\"cost\":2,\"for\":\"PT1M\"}");
        assertThat(first.status()).as("%s", first).isIn(200, 201);
        assertThat(caller.post(TENANT + "/limits/slots/reserve", "{\"cost\":1,\"for\":\"PT1M\"}")
                        .status())
                .isEqualTo(429);

        String reservation = first.json().path("reservation").asText();
        caller.post(TENANT + "/limits/slots/settle", "{\"reservation\":\"" + reservation + "\",\"cost\":0}");

        assertThat(caller.post(TENANT + "/limits/slots/reserve", "{\"cost\":1,\"for\":\"PT1S\"}")
                        .status())
                .isIn(200, 201);
    }

    @Test
    void claim_first_201WithTokenAndLease() {
        Reply reply = claim("claim-1", "f", "PT30S");

        assertThat(reply.status()).isEqualTo(201);
        assertThat(token(reply)).isPositive();
        assertThat(Instant.parse(reply.json().path("leaseUntil").asText())).isAfter(Instant.EPOCH);
    }

    @Test
    void claim_completed_200WithTheAnswer() {
        long token = token(claim("claim-2", "f", "PT30S"));
        Reply completed = complete("claim-2", token, "\"done\"");
        assertThat(completed.status()).as("%s", completed).isEqualTo(204);

        Reply reply = claim("claim-2", "f", "PT30S");

        assertThat(reply.status()).isEqualTo(200);
        JsonNode json = reply.json();
        assertThat(json.path("state").asText()).isEqualTo("completed");
        assertThat(json.path("status").asInt()).isEqualTo(201);
        assertThat(json.path("headers").path("X-Own").asText()).isEqualTo("1");
        assertThat(json.path("body").asText()).isEqualTo("done");
    }

    @Test
    void claim_inFlight_409() {
        claim("claim-3", "f", "PT30S");

        assertRetryableProblem(claim("claim-3", "f", "PT30S"), 409, "operation-in-flight");
    }

    @Test
    void claim_afterTheLease_409Unknown() {
        claim("claim-4", "f", "PT1S");

        await().atMost(Duration.ofMinutes(1))
                .until(() -> claim("claim-4", "f", "PT1S").problem().orElse("").equals("operation-outcome-unknown"));
        assertThat(state("claim-4")).isEqualTo("unknown");
    }

    @Test
    void claim_otherFingerprint_422() {
        claim("claim-5", "f", "PT30S");

        assertProblem(claim("claim-5", "g", "PT30S"), 422, "idempotency-key-reused");
    }

    @Test
    void extend_204AndStaleToken409() {
        long token = token(claim("extend", "f", "PT30S"));

        assertThat(extend("extend", token).status()).isEqualTo(204);
        assertProblem(extend("extend", token + 1), 409, "token-stale");
    }

    @Test
    void complete_204TwiceAndStaleToken409() {
        long token = token(claim("complete", "f", "PT30S"));

        assertThat(complete("complete", token, "\"done\"").status()).isEqualTo(204);
        assertThat(complete("complete", token, "\"done\"").status()).isEqualTo(204);
        assertProblem(complete("complete", token + 1, "\"done\""), 409, "token-stale");
    }

    @Test
    void complete_base64Body_comesBackAsSuch() {
        long token = token(claim("base64", "f", "PT30S"));
        complete("base64", token, "\"AAH/\",\"bodyEncoding\":\"base64\"");

        JsonNode json = claim("base64", "f", "PT30S").json();

        assertThat(json.path("bodyEncoding").asText()).isEqualTo("base64");
        assertThat(json.path("body").asText()).isEqualTo("AAH/");
    }

    @Test
    void release_204AndARetryMayClaimUnderAHigherToken() {
        long token = token(claim("release", "f", "PT30S"));

        assertThat(post("release/release", "{\"token\":" + token + "}").status())
                .isEqualTo(204);

        assertThat(token(claim("release", "f", "PT30S"))).isGreaterThan(token);
        assertProblem(complete("release", token, "\"late\""), 409, "token-stale");
    }

    @Test
    void resolve_unknownOutcome_204AndTheAnswerStands() {
        claim("resolve", "f", "PT1S");
        await().atMost(Duration.ofMinutes(1)).until(() -> state("resolve").equals("unknown"));

        Reply resolved = admin.post(
                TENANT + "/operations/resolve/resolve",
                "{\"as\":\"completed\",\"status\":201,\"headers\":{},\"body\":\"found\"}");

        assertThat(resolved.status()).as("%s", resolved).isEqualTo(204);
        assertThat(claim("resolve", "f", "PT30S").json().path("body").asText()).isEqualTo("found");
    }

    @Test
    void resolve_asReleased_204AndARetryMayClaim() {
        claim("freed", "f", "PT1S");
        await().atMost(Duration.ofMinutes(1)).until(() -> state("freed").equals("unknown"));

        assertThat(admin.post(TENANT + "/operations/freed/resolve", "{\"as\":\"released\"}")
                        .status())
                .isEqualTo(204);
        assertThat(claim("freed", "f", "PT30S").status()).isEqualTo(201);
    }

    @Test
    void resolve_byACaller_403() {
        assertProblem(post("claim-1/resolve", "{\"as\":\"released\"}"), 403, "forbidden");
    }

    @Test
    void operation_isShownWithStateTokenAttemptsTimesAndExpiry() {
        long token = token(claim("shown", "f", "PT30S"));

        JsonNode json = admin.get(TENANT + "/operations/shown").json();

        assertThat(json.path("state").asText()).isEqualTo("claimed");
        assertThat(json.path("token").asLong()).isEqualTo(token);
        assertThat(json.path("attempts").asLong()).isEqualTo(1);
        Instant created = Instant.parse(json.path("createdAt").asText());
        assertThat(Instant.parse(json.path("expiresAt").asText())).isAfter(created);
    }

    @Test
    void circuit_permitReportAndOpen() {
        for (int i = 0; i < 3; i++) {
            Reply permit = caller.post(TENANT + "/circuits/mailer/permit", "");
            assertThat(permit.status()).as("%s", permit).isEqualTo(200);
            assertThat(permit.json().path("state").asText()).isEqualTo("closed");
            report("mailer", permit, "failure");
        }

        assertRetryableProblem(caller.post(TENANT + "/circuits/mailer/permit", ""), 503, "circuit-open");
        JsonNode circuits = admin.get(TENANT + "/circuits").json().path("items");
        assertThat(circuits)
                .filteredOn(circuit -> circuit.path("service").asText().equals("mailer"))
                .singleElement()
                .satisfies(circuit -> assertThat(circuit.path("state").asText()).isEqualTo("open"));
    }

    @Test
    void circuit_reportedTwice_isRefused() {
        Reply permit = caller.post(TENANT + "/circuits/twice/permit", "");
        report("twice", permit, "success");

        Reply again = caller.post(TENANT + "/circuits/twice/report", reportOf(permit, "success"));

        assertProblem(again, 409, "permit-stale");
    }

    @Test
    void circuitMode_forcedOpenThenAuto() {
        String mode = TENANT + "/circuits/forced/mode";

        assertThat(admin.put(mode, "{\"mode\":\"forced-open\",\"reason\":\"repairs\"}")
                        .status())
                .isEqualTo(204);
        assertThat(caller.post(TENANT + "/circuits/forced/permit", "").problem())
                .hasValue("circuit-open");
        assertThat(admin.put(mode, "{\"mode\":\"auto\",\"reason\":\"done\"}").status())
                .isEqualTo(204);
        assertThat(caller.post(TENANT + "/circuits/forced/permit", "").status()).isEqualTo(200);
    }

    private static Reply acquire(String limit, long cost) {
        return caller.post(TENANT + "/limits/" + limit + "/acquire", "{\"cost\":" + cost + "}");
    }

    private static Reply claim(String key, String fingerprint, String lease) {
        return post(key + "/claim", "{\"fingerprint\":\"" + fingerprint + "\",\"lease\":\"" + lease + "\"}");
    }

    private static Reply complete(String key, long token, String body) {
        return post(
                key + "/complete",
                "{\"token\":" + token + ",\"status\":201,\"headers\":{\"X-Own\":\"1\"},\"body\":" + body + "}");
    }

    private static Reply extend(String key, long token) {
        return post(key + "/extend", "{\"token\":" + token + ",\"lease\":\"PT1M\"}");
    }

    private static long token(Reply claim) {
        assertThat(claim.status()).as("%s", claim).isEqualTo(201);
        return claim.json().path("token").asLong();
    }

    private static Reply post(String keyAndVerb, String json) {
        return caller.post(TENANT + "/operations/" + keyAndVerb, json);
    }

    private static String state(String key) {
        return admin.get(TENANT + "/operations/" + key).json().path("state").asText();
    }

    private static void report(String service, Reply permit, String outcome) {
        Reply reply = caller.post(TENANT + "/circuits/" + service + "/report", reportOf(permit, outcome));
        assertThat(reply.status()).as("%s", reply).isEqualTo(204);
    }

    private static String reportOf(Reply permit, String outcome) {
        return "{\"permit\":\"" + permit.json().path("permit").asText() + "\",\"outcome\":\"" + outcome
                + "\",\"took\":\"PT0.12S\"}";
    }
}
