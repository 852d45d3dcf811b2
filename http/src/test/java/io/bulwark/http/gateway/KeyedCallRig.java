package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import io.bulwark.circuit.Outcome;
import io.bulwark.guard.GuardCommand.Settle;
import io.bulwark.http.gateway.RawClient.Response;
import io.bulwark.http.idempotency.Fingerprints;
import io.bulwark.idempotency.Ledger.Claim;
import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.OperationId;
import io.bulwark.service.ServicePolicy;
import io.bulwark.service.ServicePolicy.OnUnknownOutcome;
import io.bulwark.service.ServicePolicy.RecordRule;
import io.bulwark.service.ServicePolicy.Recording;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;

/** What the tests of keyed calls share: a gateway between a caller and a service, and what they ask of them. */
abstract class KeyedCallRig {
    static final String KEY = "Idempotency-Key: \"k1\"";
    static final OperationId ID = GatewayFixture.id("k1");
    static final String OK = RawService.message("ok", "HTTP/1.1 200 OK", "Content-Length: 2");

    final GatewayFixture fixture = new GatewayFixture();
    final RawService service = RawService.answering(OK);

    KeyedCallRig() {
        fixture.services.put("payments", GatewayFixture.policy(service.address()));
    }

    @AfterEach
    void close() {
        service.close();
        fixture.close();
    }

    double calls(String outcome) {
        return fixture.metrics
                .get("bulwark.gateway.calls")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    /** What another node would have claimed for the same request. */
    long claim(OperationId id, String body) {
        var fingerprint = Fingerprints.of(
                "POST", "/payments/charges", Optional.empty(), "application/octet-stream", ByteString.fromString(body));
        Claim claim = new Claim(id, fingerprint, Duration.ofMinutes(5), Duration.ofDays(1), false);
        ClaimVerdict verdict = fixture.ledger.claim(claim).toCompletableFuture().join();
        return ((ClaimVerdict.Claimed) verdict).token();
    }

    ServicePolicy policy(RecordRule rule, OnUnknownOutcome onUnknown, int bodyMax) {
        return GatewayFixture.policy(new Recording(Set.of("POST"), rule, onUnknown, bodyMax), service.address());
    }

    Response post(String body, String... headers) {
        return postAsync(body, headers).join();
    }

    CompletableFuture<Response> postAsync(String body, String... headers) {
        return fixture.client.callAsync("POST", "/t/acme/payments/charges", body, headers);
    }

    static List<String> lasting(Response response) {
        return response.headerLines().stream()
                .filter(line -> !line.startsWith("Idempotent-Replayed:") && !line.startsWith("Date:"))
                .toList();
    }

    static void assertProblem(Response response, int status, String name) {
        assertThat(response.problem()).as(response.text()).isEqualTo(name);
        assertThat(response.status()).isEqualTo(status);
    }

    void assertSettled(Outcome... outcomes) {
        Awaitility.await().until(() -> fixture.guards.settles().size() >= outcomes.length);
        assertThat(fixture.guards.settles()).extracting(Settle::outcome).containsExactly(outcomes);
        assertThat(fixture.guards.settles()).extracting(Settle::permit).doesNotHaveDuplicates();
    }
}
