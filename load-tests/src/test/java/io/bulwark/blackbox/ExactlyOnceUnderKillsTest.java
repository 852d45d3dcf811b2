package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.history.Ending.Meaning;
import io.bulwark.load.history.ExactlyOnce;
import io.bulwark.load.history.History;
import io.bulwark.load.history.History.Fault;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.service.Plan;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * 64 clients send 2,000 keys 5 times each, while the service fails and times out at random and the node is killed.
 *
 * <p>An answer of 429 or 503 by the service is no execution: the record rule of this service releases the key. Neither
 * is a connection that the service refused. A request that the service read and left open is one.
 */
class ExactlyOnceUnderKillsTest {
    private static final int CLIENTS = 64;
    private static final int SENDS = 5;
    private static final String POLICY = """
            {"circuit":%s,"idempotency":{"lease":"PT2S","waitInFlight":"PT2S"}}""".formatted(Stage.CALM_CIRCUIT);

    static LongStream seeds() {
        return Scale.seeds();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void everyKeyExecutesAtMostOnceAndNoneIsLost(long seed) {
        int kills = Scale.of(3, 12);
        try (Stage stage = Stage.start("exactly-once-" + seed)) {
            stage.tenant("shop", POLICY);
            stage.service("payments", Plan.troubled(seed), "\"timeout\":\"PT1S\",\"maxInFlight\":1024");
            KeyedLoad load = new KeyedLoad(
                    stage.caller("shop"),
                    "/t/shop/payments/charges/",
                    stage.history(),
                    CLIENTS,
                    Scale.of(2_000, 20_000),
                    SENDS,
                    seed);

            CompletableFuture<Void> killed = killAtRandomMoments(stage, load, kills, seed);
            load.run();
            killed.join();
            load.settle();

            report(seed, stage.history());
            assertThat(ExactlyOnce.violations(stage.history(), load.keys()))
                    .as("seed %d: run again with -Dbulwark.seed=%d", seed, seed)
                    .isEmpty();
            assertThat(stage.history().faults()).hasSize(kills);
            assertThat(keysThatEndedWith(stage.history(), Meaning.RECORDED))
                    .as("seed %d: most keys end with an answer, so that unknown is the exception", seed)
                    .isGreaterThan(load.keys().size() * 3 / 4);
        }
    }

    private static CompletableFuture<Void> killAtRandomMoments(Stage stage, KeyedLoad load, int kills, long seed) {
        SplittableRandom random = new SplittableRandom(seed + 1);
        List<CompletableFuture<Void>> moments = IntStream.range(0, kills)
                .mapToObj(i -> load.reached((i + 0.2 + 0.6 * random.nextDouble()) / kills))
                .toList();
        return CompletableFuture.runAsync(() -> moments.forEach(moment -> {
            moment.join();
            stage.history().add(kill(stage.node()));
        }));
    }

    private static Fault kill(BulwarkNode node) {
        long from = System.nanoTime();
        node.kill();
        node.restart();
        node.address();
        return new Fault("SIGKILL", from, System.nanoTime());
    }

    private static long keysThatEndedWith(History history, Meaning meaning) {
        return history.callsByKey().values().stream()
                .filter(calls -> calls.getLast().meaning() == meaning)
                .count();
    }

    private static void report(long seed, History history) {
        Path kept = history.writeTo(Path.of("target/histories/exactly-once-" + seed + ".txt"));
        System.out.println("seed " + seed + ": " + history.summary() + ", arrivals "
                + history.arrivals().size() + ", kept in " + kept);
    }
}
