package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.guard.GuardCommand.Settle;
import io.bulwark.http.gateway.RawClient.Response;
import io.bulwark.idempotency.OperationState;
import io.bulwark.service.ServicePolicy.Recording;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The promise itself, over random histories: services that fail in every way, and clients that repeat themselves. */
class ExactlyOnceTest {
    private static final int KEYS = 60;
    private static final int CALLS_PER_KEY = 5;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13})
    void anyHistory_executedAtMostOnce_acknowledgedAlike_everyPermitSettled(long seed) {
        Map<String, Integer> executed = new ConcurrentHashMap<>();
        Map<String, List<Response>> answers = new ConcurrentHashMap<>();
        try (GatewayFixture fixture = new GatewayFixture();
                RawService service = new RawService(failing(seed, executed))) {
            fixture.services.put(
                    "payments", GatewayFixture.policy(Duration.ofSeconds(2), 64, Recording.DEFAULT, service.address()));

            callAll(seed, fixture.client, answers);

            Awaitility.await().until(() -> fixture.guards.settles().size() == admitted(fixture));
            assertThat(fixture.guards.settles()).extracting(Settle::permit).doesNotHaveDuplicates();
            assertThat(executed.values()).containsOnly(1);
            answers.forEach((key, all) -> assertAlike(fixture, key, all, executed));
        }
    }

    /** Executes, or says that it did not; then answers, or does not. */
    private static RawService.Script failing(long seed, Map<String, Integer> executed) {
        SplittableRandom dice = new SplittableRandom(seed);
        return exchange -> {
            int roll;
            synchronized (dice) {
                roll = dice.nextInt(20);
            }
            if (roll < 4) {
                exchange.write(RawService.message("", "HTTP/1.1 503 Not now", "Content-Length: 0"));
                return;
            }
            String key = exchange.request().header("Idempotency-Key").orElseThrow();
            int times = executed.merge(key, 1, Integer::sum);
            String body = key + " executed " + times + " roll " + roll;
            switch (roll) {
                case 4 -> exchange.close();
                case 5 -> exchange.reset();
                case 6 -> exchange.write("HTTP/1.1 garbage\r\n\r\n");
                case 7 -> {
                    exchange.write(RawService.message("half", "HTTP/1.1 200 OK", "Content-Length: 100"));
                    exchange.close();
                }
                case 8 -> {
                    exchange.write(
                            RawService.message(body, "HTTP/1.1 201 Created", "Content-Length: " + body.length()));
                    exchange.close();
                }
                case 9 ->
                    exchange.write(RawService.message(body, "HTTP/1.1 500 Oh", "Content-Length: " + body.length()));
                default ->
                    exchange.write(
                            RawService.message(body, "HTTP/1.1 201 Created", "Content-Length: " + body.length()));
            }
        };
    }

    private static void callAll(long seed, RawClient client, Map<String, List<Response>> answers) {
        SplittableRandom dice = new SplittableRandom(seed);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < KEYS * CALLS_PER_KEY; i++) {
            order.add(dice.nextInt(order.size() + 1), i % KEYS);
        }
        for (int from = 0; from < order.size(); from += 30) {
            List<CompletableFuture<?>> wave = new ArrayList<>();
            for (int number : order.subList(from, Math.min(from + 30, order.size()))) {
                String key = "\"key-" + number + "\"";
                wave.add(client.callAsync("POST", "/t/acme/payments/x", "{" + number + "}", "Idempotency-Key: " + key)
                        .thenAccept(response -> answers.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>())
                                .add(response)));
            }
            CompletableFuture.allOf(wave.toArray(CompletableFuture<?>[]::new)).join();
        }
    }

    private static long admitted(GatewayFixture fixture) {
        return fixture.guards.admitted();
    }

    private static void assertAlike(
            GatewayFixture fixture, String key, List<Response> all, Map<String, Integer> executed) {
        assertThat(all).hasSize(CALLS_PER_KEY);
        Map<String, Integer> bodies = new HashMap<>();
        for (Response response : all) {
            if (response.status() == 201 || response.text().contains("executed 1 roll")) {
                bodies.merge(response.status() + response.text(), 1, Integer::sum);
            } else {
                assertThat(response.status()).as(key + response.text()).isIn(409, 502, 503, 504);
            }
        }
        assertThat(bodies).as(key).hasSizeLessThanOrEqualTo(1);
        OperationState state =
                fixture.ledger.state(GatewayFixture.id(key.replace("\"", ""))).orElseThrow();
        switch (state) {
            case COMPLETED -> assertThat(bodies).as(key + " is acknowledged").hasSize(1);
            case UNKNOWN -> assertThat(bodies).as(key + " is not acknowledged").isEmpty();
            case RELEASED -> assertThat(executed).as(key + " was not executed").doesNotContainKey(key);
            case CLAIMED -> throw new AssertionError(key + " is still claimed");
        }
    }
}
