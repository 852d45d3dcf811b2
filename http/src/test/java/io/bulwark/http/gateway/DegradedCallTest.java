package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand.Admit;
import io.bulwark.http.gateway.RawClient.Response;
import io.bulwark.tenant.IdempotencyPolicy;
import io.bulwark.tenant.TenantStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Guarded calls that a stand-in admitted or refused say so, and are recorded like any other. */
class DegradedCallTest extends KeyedCallRig {
    private static final String DEGRADED = "Bulwark-Degraded";

    private static Admission admitted(String permit) {
        return new Admission.Admitted(permit, FakeGuards.LIMITS, Duration.ZERO, IdempotencyPolicy.DEFAULT, false);
    }

    private void standIn(Admission answer) {
        fixture.guards.verdict(new Admission.StoodIn(answer));
    }

    @Test
    void aKeyedCall_isExecutedOnceAndReplayed_bothMarked() {
        standIn(admitted("stand-in-1"));

        Response first = post("{}", KEY);
        Response second = post("{}", KEY);

        assertThat(marked(first)).isEqualTo(200);
        assertThat(marked(second)).isEqualTo(200);
        assertThat(second.header("Idempotent-Replayed")).contains("true");
        assertThat(lasting(second)).isEqualTo(lasting(first));
        assertThat(service.requests()).hasSize(1);
        assertThat(degraded()).isEqualTo(2);
    }

    @Test
    void aReplay_whenTheGuardIsBack_isNotMarked() {
        standIn(admitted("stand-in-1"));
        post("{}", KEY);
        fixture.guards.verdict(admit -> Optional.empty());

        Response replayed = post("{}", KEY);

        assertThat(replayed.header("Idempotent-Replayed")).contains("true");
        assertThat(replayed.header(DEGRADED)).as("it is no part of the record").isEmpty();
    }

    @Test
    void aServicesOwnMark_isNotPassedOn() {
        service.script(exchange ->
                exchange.write(RawService.message("ok", "HTTP/1.1 200 OK", "Content-Length: 2", DEGRADED + ": guard")));

        assertThat(post("{}", KEY).header(DEGRADED)).isEmpty();
        assertThat(fixture.client.call("GET", "/t/acme/payments/x", "").header(DEGRADED))
                .isEmpty();
    }

    @Test
    void aCallWithoutAKey_isMarked() {
        standIn(admitted("stand-in-1"));

        assertThat(marked(fixture.client.call("GET", "/t/acme/payments/x", ""))).isEqualTo(200);
    }

    @Test
    void aFailureAfterTheAdmission_isMarkedToo() {
        standIn(admitted("stand-in-1"));
        fixture.services.put("payments", GatewayFixture.policy("http://127.0.0.1:1"));

        Response response = post("{}", KEY);

        assertThat(marked(response)).isEqualTo(502);
        assertProblem(response, 502, "service-unreachable");
    }

    record Refusal(Admission answer, int status, String problem) {}

    static List<Refusal> refusals() {
        Duration soon = Duration.ofSeconds(2);
        return List.of(
                new Refusal(
                        new Admission.Limited(FakeGuards.LIMITS, List.of(new Name("requests")), soon, false),
                        429,
                        "quota-exceeded"),
                new Refusal(new Admission.CircuitOpen(FakeGuards.LIMITS, soon), 503, "circuit-open"),
                new Refusal(new Admission.StillInFlight(FakeGuards.LIMITS, soon), 409, "operation-in-flight"),
                new Refusal(new Admission.KeyReused(), 422, "idempotency-key-reused"),
                new Refusal(new Admission.Suspended(TenantStatus.QUARANTINED), 503, "tenant-quarantined"),
                new Refusal(new Admission.Suspended(TenantStatus.MAINTENANCE), 503, "maintenance"),
                new Refusal(new Admission.Overloaded(soon), 503, "guard-overloaded"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aRefusal_isMarked(Refusal row) {
        standIn(row.answer());

        Response response = post("{}", KEY);

        assertThat(marked(response)).isEqualTo(row.status());
        assertProblem(response, row.status(), row.problem());
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void whoWaitedForAFirstCallOfTheStandIn_isAnsweredWithItsRecord_marked() {
        fixture.guards.verdict(DegradedCallTest::firstThenWait);
        post("{}", KEY);

        Response second = post("{}", "Idempotency-Key: k1", "Prefer: wait=3");

        assertThat(marked(second)).isEqualTo(200);
        assertThat(second.header("Idempotent-Replayed")).contains("true");
    }

    /** As if the call that asks to wait longer had waited for the other. */
    private static Optional<Admission> firstThenWait(Admit admit) {
        boolean waits = admit.waitAtMost().compareTo(IdempotencyPolicy.DEFAULT.waitInFlight()) > 0;
        return Optional.of(
                new Admission.StoodIn(waits ? new Admission.FirstFinished(FakeGuards.LIMITS) : admitted("stand-in-1")));
    }

    private static int marked(Response response) {
        assertThat(response.headerLines().stream().filter(line -> line.startsWith(DEGRADED)))
                .as(response.text())
                .containsExactly(DEGRADED + ": guard");
        return response.status();
    }

    private double degraded() {
        return fixture.metrics.get("bulwark.calls.degraded").counter().count();
    }
}
