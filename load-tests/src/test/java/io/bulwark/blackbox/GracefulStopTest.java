package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.history.Ending.Meaning;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SIGTERM under load: nothing that was taken on is dropped, nothing new is taken on. */
class GracefulStopTest {
    private static final int IN_FLIGHT = 24;

    private final CompletableFuture<Void> gate = new CompletableFuture<>();

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void callsInFlightSettleNewOnesAreRefusedAndTheDataIsFine() {
        try (Stage stage = Stage.start("graceful-stop");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            BulwarkNode node = stage.node();
            stage.tenant("shop", "{}");
            var service =
                    stage.service("payments", Plan.always(new Behaviour.After(gate, new Behaviour.Answer(201))), "");
            BulwarkClient client = stage.caller("shop");
            List<CompletableFuture<Reply>> calls = IntStream.range(0, IN_FLIGHT)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> call(client, i), threads))
                    .toList();
            await().atMost(BulwarkNode.PATIENCE).until(() -> service.arrivals() == IN_FLIGHT);

            node.process().terminate();
            await().atMost(BulwarkNode.PATIENCE).until(() -> refuses(client));
            assertThat(client.call(0, "/t/shop/payments/charges", "too-late", "{}")
                            .meaning())
                    .as("a call that comes after the order to stop")
                    .isIn(Meaning.LOST, Meaning.NOT_DONE);
            assertThat(node.server().process())
                    .as("the embedded server while calls are in flight")
                    .isPresent();
            gate.complete(null);

            List<Reply> answers = calls.stream().map(CompletableFuture::join).toList();
            assertThat(answers).extracting(Reply::status).containsOnly(201);
            assertThat(node.process().exitStatus(BulwarkNode.PATIENCE)).isZero();
            assertThat(node.server().process()).as("the embedded server").isEmpty();
            assertThat(node.server().hasPidFile()).as("a pid file left behind").isFalse();

            node.restart();
            replaysAreStillServed(client, answers, service);
        }
    }

    private static void replaysAreStillServed(
            BulwarkClient client, List<Reply> answers, ExecutionCountingService service) {
        for (int i = 0; i < IN_FLIGHT; i++) {
            Reply replay = call(client, i);
            assertThat(replay.replayed()).as("%s", replay).isTrue();
            assertThat(replay.body()).isEqualTo(answers.get(i).body());
        }
        assertThat(service.arrivals()).isEqualTo(IN_FLIGHT);
    }

    private static Reply call(BulwarkClient client, int number) {
        return client.keyed("/t/shop/payments/charges", "key-" + number, "{}");
    }

    private static boolean refuses(BulwarkClient client) {
        try {
            return client.get("/readyz").status() == 503;
        } catch (UncheckedIOException e) {
            return true;
        }
    }
}
