package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.bulwark.load.client.Balancer;
import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.cluster.ScalingCluster;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Wait;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Nodes start and stop other nodes as the load asks for, and nobody who calls notices. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
class AutoscaleTest {
    private static final int SLOTS = 3;
    private static final Duration GENEROUS = Duration.ofSeconds(30);
    private static final String POLICY = """
            {"minimum": 1, "maximum": 3, "targets": [{"metric": "callsPerSecond", "average": 60}],
             "scaleDown": {"stabilization": "PT6S", "policies": [{"type": "nodes", "value": 1, "per": "PT5S"}]}}""";

    /** Claims operations at an even rate until it is closed; every call counts, and none is repeated. */
    private static final class Load implements AutoCloseable {
        private static final int CALLERS = 12;

        private final ConcurrentLinkedQueue<String> failed = new ConcurrentLinkedQueue<>();
        private final AtomicLong calls = new AtomicLong();
        private final List<Thread> callers;
        private volatile int perSecond;
        private volatile boolean closed;

        Load(Balancer balancer, int perSecond) {
            this.perSecond = perSecond;
            callers = IntStream.range(0, CALLERS)
                    .mapToObj(caller -> Thread.ofVirtual().start(() -> run(balancer, caller)))
                    .toList();
        }

        void rate(int calls) {
            perSecond = calls;
        }

        private void run(Balancer balancer, int caller) {
            for (long next = System.nanoTime(); !closed; next += CALLERS * 1_000_000_000L / perSecond) {
                Wait.until(next);
                String path = "/v1/tenants/t" + caller + "/operations/k" + calls.incrementAndGet() + "/claim";
                try {
                    Reply reply = balancer.send("POST", path, "{\"fingerprint\":\"f\",\"lease\":\"PT30S\"}");
                    if (reply.status() != 201) {
                        failed.add(reply.toString());
                    }
                } catch (UncheckedIOException e) {
                    failed.add(e.getMessage() + ": " + e.getCause());
                }
            }
        }

        @Override
        public void close() {
            closed = true;
            callers.forEach(thread -> {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    private static long up(BulwarkClient client) {
        return members(client).filter("up"::equals).count();
    }

    private static java.util.stream.Stream<String> members(BulwarkClient client) {
        List<String> statuses = new ArrayList<>();
        client.get("/v1/cluster")
                .json()
                .path("members")
                .forEach(it -> statuses.add(it.path("status").asText()));
        return statuses.stream();
    }

    private static List<JsonNode> decisions(BulwarkClient client) {
        List<JsonNode> decisions = new ArrayList<>();
        client.get("/v1/scaling/decisions?limit=100").json().path("items").forEach(decisions::add);
        return decisions.reversed();
    }

    private static void assertNumberedWithoutGaps(List<JsonNode> decisions) {
        assertThat(decisions.stream().map(it -> it.path("number").asLong()))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, decisions.size()).boxed().toList());
    }

    private static void put(BulwarkClient client, String path, String body) {
        assertThat(client.send("PUT", path, body).status()).isBetween(200, 204);
    }

    private static void await(String what, BulwarkClient client, java.util.function.BooleanSupplier condition) {
        Wait.until(
                what,
                BulwarkNode.PATIENCE,
                condition,
                () -> client.get("/v1/scaling") + " " + client.get("/v1/cluster"));
    }

    @Test
    void load_thatRisesAndFalls_startsNodesAndLetsThemGoWithoutAFailedCall() {
        try (ScalingCluster nodes = ScalingCluster.start("autoscale", SLOTS, Duration.ofSeconds(2));
                BulwarkClient client = nodes.operator();
                Balancer balancer = nodes.balancer(GENEROUS)) {
            put(client, "/v1/scaling/policy", POLICY);
            IntStream.range(0, Load.CALLERS).forEach(i -> put(client, "/v1/tenants/t" + i, "{}"));

            List<ProcessHandle> started;
            Load load = new Load(balancer, 30);
            try (load) {
                load.rate(170);
                await("three nodes", client, () -> up(client) == 3);
                started = nodes.started().look();
                load.rate(10);
                await("one node", client, () -> members(client).count() == 1);
            }

            assertThat(load.failed).as("of %d calls", load.calls.get()).isEmpty();
            assertThat(started).hasSize(2);
            started.forEach(process -> process.onExit()
                    .orTimeout(BulwarkNode.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .join());
            List<JsonNode> decisions = decisions(client);
            assertNumberedWithoutGaps(decisions);
            assertThat(decisions.stream().mapToInt(it -> it.path("to").asInt()).max())
                    .hasValue(3);
            assertThat(decisions.getLast().path("to").asInt()).isEqualTo(1);
        }
    }

    @Test
    void coordinatorKilled_inTheMiddleOfAScaleUp_theNextOneGoesOnAndNothingIsDoneTwice() {
        try (ScalingCluster nodes =
                        ScalingCluster.start("autoscale-killed", SLOTS, Duration.ofSeconds(8), Duration.ofSeconds(30));
                BulwarkClient client = nodes.operator()) {
            // Before the first evaluation, which would start a node for the minimum of 2 otherwise.
            put(client, "/v1/scaling/policy", "{\"minimum\": 1, \"maximum\": 5, \"targets\": []}");
            BulwarkNode second = nodes.join();
            // With a third the survivors are the majority: of two, the one that is left gives itself up for a moment.
            nodes.join();
            try (BulwarkClient other = nodes.operator(second)) {
                await("whole", client, () -> up(client) == 3 && up(other) == 3);

                Reply ordered = client.send(
                        "POST",
                        "/v1/scaling/emergency",
                        "{\"action\":\"scale-to\",\"nodes\":5,\"reason\":\"launch\",\"until\":\""
                                + Instant.now().plusSeconds(600) + "\"}");
                assertThat(ordered.status()).isEqualTo(202);
                await("started", client, () -> nodes.started().look().size() == 2);
                List<ProcessHandle> started = nodes.started().look();
                nodes.first().kill();

                await("those that were started are members", other, () -> up(other) == 4);
                await("a node in place of the killed one", other, () -> up(other) == 5);
                assertThat(nodes.started().look()).containsAll(started).hasSize(3);
                List<JsonNode> decisions = decisions(other);
                assertNumberedWithoutGaps(decisions);
                assertThat(decisions.getLast().path("to").asInt()).isEqualTo(5);
            }
        }
    }
}
