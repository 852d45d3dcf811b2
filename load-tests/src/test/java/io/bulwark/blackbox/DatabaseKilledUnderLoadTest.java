package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.history.Call;
import io.bulwark.load.history.Ending;
import io.bulwark.load.history.Ending.Meaning;
import io.bulwark.load.history.ExactlyOnce;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.Plan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PostgreSQL is killed in the middle of load; the node starts it again by itself. */
class DatabaseKilledUnderLoadTest {
    private static final int CLIENTS = 16;
    private static final int KEYS = Scale.of(1_500, 15_000);
    private static final Duration HEALED_WITHIN = Duration.ofMinutes(2);

    private final AtomicInteger next = new AtomicInteger();
    private final CompletableFuture<Void> inTheMiddle = new CompletableFuture<>();

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void callsAre503WhileItIsGoneAndEveryAcknowledgedKeyExecutedOnce() {
        try (Stage stage = Stage.start("database-killed")) {
            stage.tenant("shop", "{\"circuit\":" + Stage.CALM_CIRCUIT + "}");
            var service = stage.service("payments", Plan.always(new Behaviour.Answer(201)), "");

            CompletableFuture<Void> killed =
                    inTheMiddle.thenRunAsync(() -> stage.node().server().kill());
            sendEveryKeyUntilItIsAcknowledged(stage);
            killed.join();

            stage.history().writeTo(Path.of("target/histories/database-killed.txt"));
            assertThat(ExactlyOnce.violations(stage.history(), keys())).isEmpty();
            assertThat(service.arrivals()).as("executions").isEqualTo(KEYS);
            assertThat(refusals(stage))
                    .as("what calls got while the database was gone")
                    .isNotEmpty()
                    .allMatch(problem -> List.of("ledger-unavailable", "guard-unavailable", "operation-in-flight")
                            .contains(problem))
                    .containsAnyOf("ledger-unavailable", "guard-unavailable");
        }
    }

    private void sendEveryKeyUntilItIsAcknowledged(Stage stage) {
        BulwarkClient client = stage.caller("shop");
        List<String> keys = keys();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Void>> running = IntStream.range(0, CLIENTS)
                    .mapToObj(number -> CompletableFuture.runAsync(() -> sendAll(stage, client, number, keys), threads))
                    .toList();
            running.forEach(CompletableFuture::join);
        }
    }

    private void sendAll(Stage stage, BulwarkClient client, int number, List<String> keys) {
        for (int i = next.getAndIncrement(); i < KEYS; i = next.getAndIncrement()) {
            if (i == KEYS / 3) {
                inTheMiddle.complete(null);
            }
            String key = keys.get(i);
            if (!isAcknowledged(stage, client, number, key)) {
                await("an answer to " + key)
                        .atMost(HEALED_WITHIN)
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> isAcknowledged(stage, client, number, key));
            }
        }
    }

    private static boolean isAcknowledged(Stage stage, BulwarkClient client, int number, String key) {
        Call call = client.call(number, "/t/shop/payments/charges", key, "{}");
        stage.history().add(call);
        return call.meaning() == Meaning.RECORDED;
    }

    private static List<String> keys() {
        return IntStream.range(0, KEYS).mapToObj(i -> "key-" + i).toList();
    }

    private static List<String> refusals(Stage stage) {
        return stage.history().calls().stream()
                .filter(call -> call.meaning() != Meaning.RECORDED)
                .flatMap(call -> problem(call.ending()))
                .distinct()
                .toList();
    }

    private static Stream<String> problem(Ending ending) {
        return switch (ending) {
            case Ending.Answered answered -> Stream.of(answered.problem().orElse("status " + answered.status()));
            case Ending.Lost lost -> Stream.of(lost.why());
        };
    }
}
