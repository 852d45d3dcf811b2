package io.bulwark.blackbox;

import static io.bulwark.blackbox.Problems.assertProblem;
import static io.bulwark.blackbox.Problems.assertRetryableProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.history.History;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The table of the guarded call, one test for each row, named after the row's first column. */
@ExtendWith(SharedStage.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class GuardedCallContractTest {
    private static final String TENANT = "guarded";
    private static final String ONE_CALL = "{\"limits\":[{\"name\":\"requests\",\"capacity\":1,\"per\":\"P1D\"}]}";

    private static Stage stage;
    private static BulwarkClient caller;

    @BeforeAll
    static void prepare(Stage shared) {
        stage = shared;
        stage.tenant(TENANT, "{\"circuit\":" + Stage.CALM_CIRCUIT + "}");
        caller = stage.admin().with(stage.node().token("*", "caller"));
    }

    @Test
    void firstTime_theServicesAnswerRecordedBeforeItIsSent() {
        var service = service("first", new Behaviour.Answer(201));

        Reply reply = caller.keyed(charges("first"), "first", "{\"amount\":1}");

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.replayed()).isFalse();
        assertThat(reply.json().path("key").asText()).isEqualTo("first");
        assertThat(reply.header("Content-Type")).hasValue("application/json");
        assertThat(state("first")).isEqualTo("completed");
        assertThat(service.latest().text()).isEqualTo("{\"amount\":1}");
    }

    @Test
    void sameKeySameFingerprintCompleted_theRecordedAnswerMarkedAsAReplay() {
        var service = service("replay", new Behaviour.Answer(201));

        Reply first = caller.keyed(charges("replay"), "replay", "{}");
        Reply second = caller.keyed(charges("replay"), "replay", "{}");

        assertThat(second.replayed()).isTrue();
        assertThat(second.status()).isEqualTo(first.status());
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.header("Content-Type")).isEqualTo(first.header("Content-Type"));
        assertThat(service.arrivals()).isEqualTo(1);
    }

    @Test
    void sameKeyBareAndQuoted_isOneKey() {
        var service = service("bare", new Behaviour.Answer(201));

        caller.keyed(charges("bare"), "bare-key", "{}");
        Reply second = caller.post(charges("bare"), "{}", "Idempotency-Key", "bare-key");

        assertThat(second.replayed()).isTrue();
        assertThat(service.arrivals()).isEqualTo(1);
    }

    @Test
    void sameKeyOfTwoTenants_isTwoOperations() {
        stage.tenant("guarded-too", "{}");
        var service = service("tenants", new Behaviour.Answer(201));

        caller.keyed(charges("tenants"), "common", "{}");
        Reply other = caller.keyed("/t/guarded-too/tenants/charges", "common", "{}");

        assertThat(other.replayed()).isFalse();
        assertThat(service.arrivals()).isEqualTo(2);
    }

    @Test
    void sameKeyInFlight_waitsAsLongAsPreferredThenReplays() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        var service = service("waits", new Behaviour.After(gate, new Behaviour.Answer(201)));
        var first = inBackground(() -> caller.keyed(charges("waits"), "waits", "{}"));
        await().atMost(Duration.ofMinutes(1)).until(() -> service.arrivals() == 1);
        var second = inBackground(() -> caller.keyed(charges("waits"), "waits", "{}", "Prefer", "wait=30"));

        gate.complete(null);

        assertThat(first.join().status()).isEqualTo(201);
        assertThat(second.join().replayed()).isTrue();
        assertThat(second.join().body()).isEqualTo(first.join().body());
        assertThat(service.arrivals()).isEqualTo(1);
    }

    @Test
    void sameKeyInFlight_elseOperationInFlight() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        var service = service("in-flight", new Behaviour.After(gate, new Behaviour.Answer(201)));
        var first = inBackground(() -> caller.keyed(charges("in-flight"), "in-flight", "{}"));
        await().atMost(Duration.ofMinutes(1)).until(() -> service.arrivals() == 1);

        Reply second = caller.keyed(charges("in-flight"), "in-flight", "{}", "Prefer", "wait=0");
        gate.complete(null);

        assertRetryableProblem(second, 409, "operation-in-flight");
        assertThat(first.join().status()).isEqualTo(201);
    }

    @Test
    void sameKeyOtherFingerprint_keyReused() {
        var service = service("reused", new Behaviour.Answer(201));
        caller.keyed(charges("reused"), "reused", "{\"amount\":1}");

        List<Reply> others = List.of(
                caller.keyed(charges("reused"), "reused", "{\"amount\":2}"),
                caller.keyed(charges("reused") + "?x=1", "reused", "{\"amount\":1}"),
                caller.keyed(charges("reused") + "/other", "reused", "{\"amount\":1}"),
                caller.keyed(charges("reused"), "reused", "{\"amount\":1}", "Content-Type", "text/plain"),
                caller.send("PATCH", charges("reused"), "{\"amount\":1}", "Idempotency-Key", "reused"));

        assertThat(others).allSatisfy(reply -> assertProblem(reply, 422, "idempotency-key-reused"));
        assertThat(service.arrivals()).isEqualTo(1);
    }

    @Test
    void noKeyWhereTheServiceRequiresOne_keyMissing() {
        var service = service("required", new Behaviour.Answer(201));

        assertProblem(caller.post(charges("required"), "{}"), 400, "idempotency-key-missing");
        assertThat(service.arrivals()).isZero();
    }

    @Test
    void malformedKey_keyMalformed() {
        service("malformed", new Behaviour.Answer(201));

        Reply reply = caller.post(charges("malformed"), "{}", "Idempotency-Key", "\"never closed");

        assertProblem(reply, 400, "idempotency-key-malformed");
    }

    @Test
    void serviceTimedOut_serviceTimeoutThenOutcomeUnknown() {
        var service = service("hangs", new Behaviour.Hang(), "\"timeout\":\"PT0.3S\"");

        assertProblem(caller.keyed(charges("hangs"), "hangs", "{}"), 504, "service-timeout");
        assertProblem(caller.keyed(charges("hangs"), "hangs", "{}"), 409, "operation-outcome-unknown");
        assertThat(state("hangs")).isEqualTo("unknown");
        assertThat(service.arrivals()).isEqualTo(1);
    }

    @Test
    void serviceBrokeOff_serviceBrokeOffThenOutcomeUnknown() {
        for (Behaviour how :
                List.of(new Behaviour.BreakOff(), new Behaviour.CloseSilently(), new Behaviour.Garbage())) {
            String name = "breaks-" + how.getClass().getSimpleName().toLowerCase(Locale.ROOT);
            var service = service(name, how);

            assertProblem(caller.keyed(charges(name), name, "{}"), 502, "service-broke-off");
            assertProblem(caller.keyed(charges(name), name, "{}"), 409, "operation-outcome-unknown");
            assertThat(service.arrivals()).as("arrivals at %s", name).isEqualTo(1);
        }
    }

    @Test
    void outcomeUnknownUnderRetry_anotherExecutionWithTheSameKey() {
        Plan plan = (request, key, earlier) -> earlier == 0 ? new Behaviour.CloseSilently() : new Behaviour.Answer(201);
        var service = stage.service("retries", plan, "\"idempotency\":{\"onUnknownOutcome\":\"retry\"}");

        assertProblem(caller.keyed(charges("retries"), "retries", "{}"), 502, "service-broke-off");
        assertThat(caller.keyed(charges("retries"), "retries", "{}").status()).isEqualTo(201);
        assertThat(caller.keyed(charges("retries"), "retries", "{}").replayed()).isTrue();
        assertThat(service.arrivals("retries")).isEqualTo(2);
        assertThat(operation("retries").json().path("attempts").asInt()).isEqualTo(2);
    }

    @Test
    void limitReached_quotaExceededAndNothingIsClaimed() {
        stage.tenant("limited", ONE_CALL);
        var service = service("limited", new Behaviour.Answer(201));
        caller.keyed("/t/limited/limited/charges", "one", "{}");

        Reply reply = caller.keyed("/t/limited/limited/charges", "two", "{}");

        assertRetryableProblem(reply, 429, "quota-exceeded");
        assertThat(reply.json().path("violated-policies")).isNotEmpty();
        assertThat(reply.json().path("violated-policies").toString()).contains("requests");
        assertProblem(stage.admin().get("/v1/tenants/limited/operations/two"), 404, "unknown-operation");
        assertThat(service.arrivals()).isEqualTo(1);
    }

    @Test
    void circuitOpen_circuitOpenAndNothingIsClaimed() {
        stage.tenant(
                "tripped",
                "{\"circuit\":{\"trip\":{\"consecutiveFailures\":2},\"openFor\":\"PT1H\",\"openForMax\":\"PT1H\"}}");
        var service = service("fails", new Behaviour.Answer(500));
        IntStream.range(0, 2).forEach(i -> caller.keyed("/t/tripped/fails/x", "fail-" + i, "{}"));

        await().atMost(Duration.ofMinutes(1))
                .until(() -> caller.keyed("/t/tripped/fails/x", "after", "{}").status() == 503);
        Reply reply = caller.keyed("/t/tripped/fails/x", "later", "{}");

        assertRetryableProblem(reply, 503, "circuit-open");
        assertProblem(stage.admin().get("/v1/tenants/tripped/operations/later"), 404, "unknown-operation");
        assertThat(service.arrivals()).isLessThanOrEqualTo(3);
    }

    @Test
    void tenantQuarantinedOrInMaintenance_tenantQuarantinedOrMaintenance() {
        var service = service("suspended", new Behaviour.Answer(201));
        stage.tenant("in-quarantine", "{\"status\":\"quarantined\"}");
        stage.tenant("in-maintenance", "{\"status\":\"maintenance\"}");

        assertProblem(caller.keyed("/t/in-quarantine/suspended/x", "k", "{}"), 503, "tenant-quarantined");
        assertProblem(caller.keyed("/t/in-maintenance/suspended/x", "k", "{}"), 503, "maintenance");
        assertThat(service.arrivals()).isZero();
    }

    @Test
    void serviceCouldNotBeReached_serviceUnreachableAndARetryExecutes() {
        var gone = service("gone", new Behaviour.Answer(201));
        gone.close();

        Reply unreachable = caller.keyed(charges("gone"), "gone", "{}");
        try (var back = ExecutionCountingService.start(
                gone.address().getPort(), Plan.always(new Behaviour.Answer(201)), new History())) {
            assertProblem(unreachable, 502, "service-unreachable");
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> caller.keyed(charges("gone"), "gone", "{}").status() == 201);
            assertThat(caller.keyed(charges("gone"), "gone", "{}").replayed()).isTrue();
            assertThat(back.arrivals()).isEqualTo(1);
        }
    }

    @Test
    void serviceRefusesWith429Or503_theKeyIsReleased() {
        Plan plan = (request, key, earlier) -> new Behaviour.Answer(earlier == 0 ? 503 : earlier == 1 ? 429 : 201);
        var service = stage.service("busy", plan, "");

        List<Integer> statuses = IntStream.range(0, 4)
                .mapToObj(i -> caller.keyed(charges("busy"), "busy", "{}").status())
                .toList();

        assertThat(statuses).containsExactly(503, 429, 201, 201);
        assertThat(service.arrivals()).isEqualTo(3);
    }

    @Test
    void unknownTenantOrService_404() {
        service("known", new Behaviour.Answer(201));

        assertProblem(caller.keyed("/t/nobody/known/x", "k", "{}"), 404, "unknown-tenant");
        assertProblem(caller.keyed("/t/" + TENANT + "/nothing/x", "k", "{}"), 404, "unknown-service");
    }

    private static String charges(String service) {
        return "/t/" + TENANT + "/" + service + "/charges";
    }

    private static Reply operation(String key) {
        return stage.admin().get("/v1/tenants/" + TENANT + "/operations/" + key);
    }

    private static String state(String key) {
        return operation(key).json().path("state").asText();
    }

    private static ExecutionCountingService service(String name, Behaviour behaviour) {
        return service(name, behaviour, "");
    }

    private static ExecutionCountingService service(String name, Behaviour behaviour, String members) {
        return stage.service(name, Plan.always(behaviour), members);
    }

    private static CompletableFuture<Reply> inBackground(Supplier<Reply> call) {
        return CompletableFuture.supplyAsync(call, Thread::startVirtualThread);
    }
}
