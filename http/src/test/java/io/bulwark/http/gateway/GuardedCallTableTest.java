package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand.Settle;
import io.bulwark.http.gateway.RawClient.Response;
import io.bulwark.idempotency.OperationState;
import io.bulwark.service.ServicePolicy.OnUnknownOutcome;
import io.bulwark.service.ServicePolicy.RecordRule;
import io.bulwark.service.ServicePolicy.Recording;
import io.bulwark.tenant.TenantStatus;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One test, at least, for each row of the contract's table of guarded calls, in its order and named after it. */
class GuardedCallTableTest {
    private static final String CREATED =
            "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nLocation: /charges/1\r\nContent-Length: 8\r\n\r\n{\"id\":1}";

    private final GatewayFixture fixture = new GatewayFixture();
    private final RawService service = RawService.answering(CREATED);

    @BeforeEach
    void register() {
        fixture.services.put("payments", GatewayFixture.policy(service.address()));
    }

    @AfterEach
    void close() {
        service.close();
        fixture.close();
    }

    @Test
    void firstTime_theServicesAnswer_recordedBeforeItIsSent() {
        CompletableFuture<String> disk = new CompletableFuture<>();
        fixture.ledger.holdSettling(disk);
        CompletableFuture<Response> first =
                fixture.client.callAsync("POST", "/t/acme/payments/charges", "{}", key("k1"));
        Awaitility.await().until(() -> service.requests().size() == 1);

        assertThat(first).isNotDone();
        disk.complete("recorded");

        Response response = first.join();
        assertThat(response.status()).isEqualTo(201);
        assertThat(response.text()).isEqualTo("{\"id\":1}");
        assertThat(response.header("Location")).contains("/charges/1");
        assertThat(response.header("Idempotent-Replayed")).isEmpty();
        assertThat(fixture.ledger.state(GatewayFixture.id("k1"))).contains(OperationState.COMPLETED);
        assertSettled(Outcome.SUCCESS);
    }

    @Test
    void sameKeySameFingerprintCompleted_theRecordedAnswer_markedAsReplayed() {
        Response first = post("{}", key("k1"));
        Response second = post("{}", key("k1"));

        assertThat(second.header("Idempotent-Replayed")).contains("true");
        assertThat(second.status()).isEqualTo(first.status());
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(lasting(second)).isEqualTo(lasting(first));
        assertThat(service.requests()).hasSize(1);
        assertSettled(Outcome.SUCCESS, Outcome.IGNORED);
    }

    @Test
    void sameKeyInFlight_withinPreferWait_replays() {
        CountDownLatch answer = holdService();
        CompletableFuture<Response> first = postAsync("{}", key("k1"));
        Awaitility.await().until(() -> service.requests().size() == 1);
        CompletableFuture<Response> second = postAsync("{}", key("k1"), "Prefer: wait=30");
        Awaitility.await().until(() -> fixture.guards.admits().size() == 2);

        answer.countDown();

        assertThat(first.join().status()).isEqualTo(201);
        assertThat(second.join().header("Idempotent-Replayed")).contains("true");
        assertThat(second.join().body()).isEqualTo(first.join().body());
        assertThat(service.requests()).hasSize(1);
        assertThat(fixture.guards.admits().get(1).waitAtMost())
                .isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
    }

    @Test
    void sameKeyInFlight_longerThanTheWait_409WithRetryAfter() {
        CountDownLatch answer = holdService();
        CompletableFuture<Response> first = postAsync("{}", key("k1"));
        Awaitility.await().until(() -> service.requests().size() == 1);

        Response second = post("{}", key("k1"), "Prefer: wait=0");

        assertProblem(second, 409, "operation-in-flight");
        assertThat(second.header("Retry-After")).contains("1");
        answer.countDown();
        assertThat(first.join().status()).isEqualTo(201);
    }

    @Test
    void sameKeyInFlight_withoutPrefer_waitsAsThePolicySays() {
        post("{}", key("k1"));

        assertThat(fixture.guards.admits().getFirst().waitAtMost())
                .isBetween(Duration.ofMillis(1), Duration.ofSeconds(2));
    }

    @Test
    void sameKeyOtherFingerprint_422() {
        post("{\"amount\":1}", key("k1"));

        assertProblem(post("{\"amount\":2}", key("k1")), 422, "idempotency-key-reused");
        assertThat(service.requests()).hasSize(1);
    }

    @Test
    void sameKeyOtherFingerprint_whileInFlight_422() {
        CountDownLatch answer = holdService();
        CompletableFuture<Response> first = postAsync("{\"amount\":1}", key("k1"));
        Awaitility.await().until(() -> service.requests().size() == 1);

        assertProblem(post("{\"amount\":2}", key("k1")), 422, "idempotency-key-reused");
        answer.countDown();
        first.join();
    }

    @Test
    void noKeyWhereTheServiceRequiresOne_400() {
        assertProblem(post("{}"), 400, "idempotency-key-missing");
        assertThat(service.requests()).isEmpty();
        assertThat(fixture.guards.admits()).isEmpty();
    }

    @Test
    void malformedKey_400() {
        assertProblem(post("{}", "Idempotency-Key: \"no end"), 400, "idempotency-key-malformed");
        assertProblem(post("{}", "Idempotency-Key: " + "k".repeat(256)), 400, "idempotency-key-malformed");
        assertProblem(post("{}", "Idempotency-Key: k\u00e4se"), 400, "idempotency-key-malformed");
        assertProblem(post("{}", key("a"), key("b")), 400, "idempotency-key-malformed");
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void malformedKey_whereNoneIsRequired_400() {
        assertProblem(
                fixture.client.call("GET", "/t/acme/payments/x", "", "Idempotency-Key: \"no end"),
                400,
                "idempotency-key-malformed");
    }

    @Test
    void outcomeUnknown_leaseRanOutWithoutAnAnswer_409() {
        hangService();
        assertProblem(post("{}", key("k1")), 504, "service-timeout");

        assertProblem(post("{}", key("k1")), 409, "operation-outcome-unknown");
        assertThat(service.requests()).hasSize(1);
        assertSettled(Outcome.FAILURE, Outcome.IGNORED);
    }

    @Test
    void outcomeUnknown_whereTheServiceRetries_isSentAgainWithTheSameKey() {
        service.script(RawService.Exchange::hang);
        fixture.services.put(
                "payments", GatewayFixture.policy(Duration.ofMillis(300), 64, retrying(), service.address()));
        assertProblem(post("{}", key("k1")), 504, "service-timeout");
        service.script(exchange -> exchange.write(CREATED));

        assertThat(post("{}", key("k1")).status()).isEqualTo(201);
        assertThat(service.requests())
                .hasSize(2)
                .allSatisfy(
                        request -> assertThat(request.header("Idempotency-Key")).contains("\"k1\""));
    }

    @Test
    void limitReached_429WithViolatedPolicies_nothingIsClaimed() {
        fixture.guards.verdict(new Admission.Limited(
                FakeGuards.LIMITS, List.of(new Name("requests")), Duration.ofMillis(1_200), true));

        Response response = post("{}", key("k1"));

        assertProblem(response, 429, "quota-exceeded");
        assertThat(response.json().path("violated-policies")).hasToString("[\"requests\"]");
        assertThat(response.header("Retry-After")).contains("2");
        assertThat(response.header("RateLimit")).isPresent();
        assertThat(response.header("X-RateLimit-Limit")).contains("100");
        assertThat(fixture.ledger.state(GatewayFixture.id("k1"))).isEmpty();
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void circuitOpen_503_nothingIsClaimed() {
        fixture.guards.verdict(new Admission.CircuitOpen(FakeGuards.LIMITS, Duration.ofSeconds(5)));

        Response response = post("{}", key("k1"));

        assertProblem(response, 503, "circuit-open");
        assertThat(response.header("Retry-After")).contains("5");
        assertThat(response.header("RateLimit")).isPresent();
        assertThat(fixture.ledger.state(GatewayFixture.id("k1"))).isEmpty();
    }

    @Test
    void circuitOpen_operationCompleted_isStillReplayed() {
        Response first = post("{}", key("k1"));
        fixture.guards.verdict(new Admission.CircuitOpen(FakeGuards.LIMITS, Duration.ofSeconds(5)));

        Response second = post("{}", key("k1"));

        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.header("Idempotent-Replayed")).contains("true");
        assertProblem(post("{\"other\":1}", key("k1")), 422, "idempotency-key-reused");
    }

    @Test
    void tenantQuarantinedOrInMaintenance_503() {
        fixture.guards.verdict(new Admission.Suspended(TenantStatus.QUARANTINED));
        assertProblem(post("{}", key("k1")), 503, "tenant-quarantined");

        fixture.guards.verdict(new Admission.Suspended(TenantStatus.MAINTENANCE));
        assertProblem(post("{}", key("k1")), 503, "maintenance");
    }

    @Test
    void serviceUnreachable_502_releasedAndARetryExecutes() throws Exception {
        int unused;
        try (ServerSocket socket = new ServerSocket(0)) {
            unused = socket.getLocalPort();
        }
        fixture.services.put("payments", GatewayFixture.policy("http://127.0.0.1:" + unused));

        assertProblem(post("{}", key("k1")), 502, "service-unreachable");
        assertThat(fixture.ledger.state(GatewayFixture.id("k1"))).contains(OperationState.RELEASED);
        assertSettled(Outcome.FAILURE);

        fixture.services.put("payments", GatewayFixture.policy(service.address()));
        assertThat(post("{}", key("k1")).status()).isEqualTo(201);
    }

    @Test
    void serviceTimedOut_504_recordedAsUnknownAndNotExecutedAgain() {
        hangService();

        assertProblem(post("{}", key("k1")), 504, "service-timeout");
        assertThat(fixture.ledger.state(GatewayFixture.id("k1"))).contains(OperationState.UNKNOWN);
    }

    @Test
    void serviceBrokeOffAfterItWasSentSomething_502_recordedAsUnknown() {
        service.script(exchange -> exchange.close());

        assertProblem(post("{}", key("k1")), 502, "service-broke-off");
        assertThat(fixture.ledger.state(GatewayFixture.id("k1"))).contains(OperationState.UNKNOWN);
        assertProblem(post("{}", key("k1")), 409, "operation-outcome-unknown");
        assertThat(service.requests()).hasSize(1);
    }

    @Test
    void serviceBrokeOffInTheBody_502_recordedAsUnknown() {
        service.script(exchange -> {
            exchange.write("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\nonly this");
            exchange.close();
        });

        assertProblem(post("{}", key("k1")), 502, "service-broke-off");
        assertThat(fixture.ledger.state(GatewayFixture.id("k1"))).contains(OperationState.UNKNOWN);
        assertSettled(Outcome.FAILURE);
    }

    @Test
    void unknownTenantOrService_404() {
        assertProblem(fixture.client.call("POST", "/t/nobody/payments/x", "{}", key("k1")), 404, "unknown-tenant");
        assertProblem(fixture.client.call("POST", "/t/acme/nothing/x", "{}", key("k1")), 404, "unknown-service");
    }

    @Test
    void ledgerUnavailable_503_nothingIsSentToTheService() {
        fixture.ledger.away(true);

        Response response = post("{}", key("k1"));

        assertProblem(response, 503, "ledger-unavailable");
        assertThat(response.header("Retry-After")).contains("1");
        assertThat(service.requests()).isEmpty();
        assertSettled(Outcome.IGNORED);
    }

    @Test
    void everyAnswerUnderALimit_carriesItsHeaders() {
        Response first = post("{}", key("k1"));
        Response replay = post("{}", key("k1"));
        Response unkeyed = fixture.client.call("GET", "/t/acme/payments/x", "");
        Response reused = post("{\"other\":1}", key("k1"));

        assertThat(List.of(first, replay, unkeyed, reused)).allSatisfy(response -> {
            assertThat(response.headers("RateLimit-Policy")).containsExactly("\"requests\";q=100;w=1");
            assertThat(response.headers("RateLimit")).containsExactly("\"requests\";r=73;t=1");
        });
    }

    @Test
    void withoutKeyWhereNoneIsRequired_limitedAndCircuitBrokenAndNotRecorded() {
        assertThat(fixture.client.call("GET", "/t/acme/payments/x", "").status())
                .isEqualTo(201);
        assertThat(fixture.client.call("GET", "/t/acme/payments/x", "").status())
                .isEqualTo(201);

        assertThat(service.requests()).hasSize(2);
        assertThat(fixture.guards.admits())
                .hasSize(2)
                .allSatisfy(admit -> assertThat(admit.keyed()).isEmpty());
        assertSettled(Outcome.SUCCESS, Outcome.SUCCESS);
    }

    private CountDownLatch holdService() {
        CountDownLatch answer = new CountDownLatch(1);
        service.script(exchange -> {
            exchange.waitFor(answer);
            exchange.write(CREATED);
        });
        return answer;
    }

    private void hangService() {
        service.script(RawService.Exchange::hang);
        fixture.services.put("payments", GatewayFixture.impatient(service.address()));
    }

    private Response post(String body, String... headers) {
        return postAsync(body, headers).join();
    }

    private CompletableFuture<Response> postAsync(String body, String... headers) {
        return fixture.client.callAsync("POST", "/t/acme/payments/charges", body, headers);
    }

    private static String key(String key) {
        return "Idempotency-Key: \"" + key + "\"";
    }

    private static Recording retrying() {
        return new Recording(Set.of("POST"), RecordRule.ALL_BUT_429_AND_503, OnUnknownOutcome.RETRY, 1024);
    }

    /** The headers that the first answer and its replays have in common. */
    private static List<String> lasting(Response response) {
        return response.headerLines().stream()
                .filter(line -> !line.startsWith("Idempotent-Replayed:") && !line.startsWith("Date:"))
                .toList();
    }

    private static void assertProblem(Response response, int status, String name) {
        assertThat(response.problem()).as(response.text()).isEqualTo(name);
        assertThat(response.status()).isEqualTo(status);
    }

    private void assertSettled(Outcome... outcomes) {
        Awaitility.await().until(() -> fixture.guards.settles().size() >= outcomes.length);
        assertThat(fixture.guards.settles()).extracting(Settle::outcome).containsExactly(outcomes);
        assertThat(fixture.guards.settles()).extracting(Settle::permit).doesNotHaveDuplicates();
    }
}
