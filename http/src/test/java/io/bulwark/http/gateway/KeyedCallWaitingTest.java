package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.circuit.Outcome;
import io.bulwark.guard.Admission;
import io.bulwark.http.gateway.RawClient.Response;
import io.bulwark.idempotency.OperationId;
import io.bulwark.idempotency.OperationState;
import io.bulwark.service.ServicePolicy.Recording;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Calls that meet another with the same key, a guard that is slow, and a service that is busy or gone. */
class KeyedCallWaitingTest extends KeyedCallRig {
    @Test
    void firstWasReleased_theWaiterExecutesWithoutBeingChargedAgain() {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        service.script(exchange -> {
            exchange.waitFor(answer);
            exchange.write(
                    calls.getAndIncrement() == 0 ? RawService.message("", "HTTP/1.1 503 No", "Content-Length: 0") : OK);
        });
        CompletableFuture<Response> first = postAsync("{}", KEY);
        Awaitility.await().until(() -> service.requests().size() == 1);
        CompletableFuture<Response> second = postAsync("{}", KEY, "Prefer: wait=30");
        Awaitility.await().until(() -> fixture.guards.admits().size() == 2);

        answer.countDown();

        assertThat(first.join().status()).isEqualTo(503);
        assertThat(second.join().status()).isEqualTo(200);
        assertThat(second.join().headers("Idempotent-Replayed")).isEmpty();
        assertThat(fixture.guards.admits()).extracting(admit -> admit.charge()).containsExactly(true, true, false);
    }

    @Test
    void firstIsUnknown_theWaiterIsTold() {
        fixture.services.put(
                "payments", GatewayFixture.policy(Duration.ofSeconds(2), 64, Recording.DEFAULT, service.address()));
        service.script(RawService.Exchange::hang);
        CompletableFuture<Response> first = postAsync("{}", KEY);
        Awaitility.await().until(() -> service.requests().size() == 1);

        assertProblem(post("{}", KEY, "Prefer: wait=30"), 409, "operation-outcome-unknown");
        assertProblem(first.join(), 504, "service-timeout");
        assertThat(service.requests()).hasSize(1);
    }

    @Test
    void guardKeepsSayingFirstFinished_theCallEnds() {
        fixture.guards.verdict(new Admission.FirstFinished(FakeGuards.LIMITS));

        assertProblem(post("{}", KEY, "Prefer: wait=0"), 409, "operation-in-flight");
        assertThat(fixture.guards.admits()).hasSize(3);
    }

    @Test
    void guardKeepsSayingFirstFinished_theCallAsksAgainForAsLongAsItMayWait() {
        fixture.guards.verdict(new Admission.FirstFinished(FakeGuards.LIMITS));

        assertProblem(post("{}", KEY, "Prefer: wait=1"), 409, "operation-in-flight");
        assertThat(fixture.guards.admits()).hasSizeBetween(4, 64);
    }

    @Test
    void claimedElsewhere_completedWithinTheWait_isReplayed() {
        post("{}", KEY);
        OperationId elsewhere = GatewayFixture.id("k2");
        long token = claim(elsewhere, "{}");
        CompletableFuture<Response> second = postAsync("{}", "Idempotency-Key: k2", "Prefer: wait=30");
        Awaitility.await().until(() -> fixture.guards.admits().size() == 2);

        fixture.ledger.complete(elsewhere, token, fixture.ledger.answer(ID).orElseThrow(), Duration.ofDays(1));

        assertThat(second.join().header("Idempotent-Replayed")).contains("true");
        assertThat(service.requests()).hasSize(1);
    }

    /** As after the death of the node that recorded the first call and had not yet told the guard. */
    @Test
    void guardKnowsTheFirstAsInFlight_whatIsRecordedIsReplayed() {
        assertThat(post("{}", KEY).status()).isEqualTo(200);
        fixture.guards.verdict(new Admission.StillInFlight(FakeGuards.LIMITS, Duration.ofSeconds(1)));

        Response replayed = post("{}", KEY);

        assertThat(replayed.status()).isEqualTo(200);
        assertThat(replayed.header("Idempotent-Replayed")).contains("true");
        assertProblem(post("{\"other\":1}", KEY), 422, "idempotency-key-reused");
        assertProblem(post("{}", "Idempotency-Key: k2"), 409, "operation-in-flight");
        assertThat(service.requests()).hasSize(1);
    }

    @Test
    void claim_comesTooLate_503AndItIsGivenBack() {
        CompletableFuture<String> disk = new CompletableFuture<>();
        fixture.ledger.holdClaims(disk);

        assertProblem(post("{}", KEY), 503, "ledger-unavailable");
        disk.complete("back");

        Awaitility.await().until(() -> fixture.ledger.state(ID).equals(Optional.of(OperationState.RELEASED)));
        assertThat(service.requests()).isEmpty();
        assertThat(post("{}", KEY).status()).isEqualTo(200);
    }

    @Test
    void claimedElsewhere_beyondTheWait_409() {
        claim(ID, "{}");

        assertProblem(post("{}", KEY, "Prefer: wait=1"), 409, "operation-in-flight");
        assertThat(service.requests()).isEmpty();
        assertSettled(Outcome.IGNORED);
    }

    @Test
    void leakyBucket_theCallWaitsForItsTurn() {
        fixture.guards.delay(Duration.ofMillis(200));
        long begun = System.nanoTime();

        assertThat(post("{}", KEY).status()).isEqualTo(200);

        assertThat(System.nanoTime() - begun)
                .isGreaterThanOrEqualTo(Duration.ofMillis(200).toNanos());
    }

    @Test
    void guardIsSilent_503AndNothingIsSent() {
        post("{}", KEY);
        fixture.guards.silent(true);

        Response response = post("{}", "Idempotency-Key: k2", "Prefer: wait=0");

        assertProblem(response, 503, "guard-unavailable");
        assertThat(response.header("Retry-After")).isPresent();
        assertThat(service.requests()).hasSize(1);
    }

    @Test
    void guardIsOverloaded_503WithItsRetryAfter() {
        fixture.guards.verdict(new Admission.Overloaded(Duration.ofSeconds(3)));

        Response response = post("{}", KEY);

        assertProblem(response, 503, "guard-overloaded");
        assertThat(response.header("Retry-After")).contains("3");
    }

    @Test
    void serviceIsBusy_503ReleasedAndIgnored() {
        fixture.services.put(
                "payments", GatewayFixture.policy(Duration.ofSeconds(30), 1, Recording.DEFAULT, service.address()));
        CountDownLatch answer = new CountDownLatch(1);
        service.script(exchange -> {
            exchange.waitFor(answer);
            exchange.write(OK);
        });
        CompletableFuture<Response> first = postAsync("{}", KEY);
        Awaitility.await().until(() -> service.requests().size() == 1);

        Response second = post("{}", "Idempotency-Key: k2");

        assertProblem(second, 503, "service-busy");
        assertThat(second.header("Retry-After")).isPresent();
        assertThat(fixture.ledger.state(GatewayFixture.id("k2"))).contains(OperationState.RELEASED);
        assertSettled(Outcome.IGNORED);
        answer.countDown();
        first.join();
    }

    @Test
    void serviceIsRemoved_404_andChanged_theNewPolicyHolds() {
        post("{}", KEY);
        fixture.services.remove("payments");
        assertProblem(post("{}", KEY), 404, "unknown-service");
        Awaitility.await().until(() -> service.open() == 0);

        try (RawService other =
                RawService.answering(RawService.message("other", "HTTP/1.1 200 OK", "Content-Length: 5"))) {
            fixture.services.put("payments", GatewayFixture.policy(other.address()));
            assertThat(post("{}", "Idempotency-Key: k2").text()).isEqualTo("other");
        }
    }

    @Test
    void metrics_countEndingsWithoutNamingTenants() {
        post("{}", KEY);
        post("{}", KEY);
        post("{\"other\":1}", KEY);

        assertThat(calls("answered")).isEqualTo(1);
        assertThat(calls("replayed")).isEqualTo(1);
        assertThat(calls("idempotency-key-reused")).isEqualTo(1);
        assertThat(fixture.metrics.getMeters())
                .allSatisfy(meter -> assertThat(meter.getId().getTags())
                        .noneSatisfy(tag -> assertThat(tag.getValue()).isEqualTo("acme")));
    }
}
