package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.cluster.Loopback;
import io.bulwark.load.cluster.ScalingView;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Ports;
import io.bulwark.load.node.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** KEDA asks every node for how many there are to be, while the node that decides it is killed. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class KedaMoveTest {
    private static final int NODES = 3;
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

    private static String minimum(int nodes) {
        return "{\"minimum\": " + nodes + ", \"maximum\": 9, \"targets\": []}";
    }

    private static void await(
            String what, List<KedaOperator> operators, java.util.function.Predicate<KedaOperator> is) {
        Wait.until(
                what,
                BulwarkNode.PATIENCE,
                () -> operators.stream().allMatch(is),
                () -> operators.stream()
                        .map(it -> it.nodes() + " after " + it.rounds() + " rounds, " + it.oddities())
                        .toList()
                        .toString());
    }

    private static int coordinator(Cluster cluster, BulwarkClient client) {
        String member = ScalingView.of(client.get("/v1/scaling").json()).coordinator();
        return IntStream.range(0, NODES)
                .filter(i -> cluster.place(i).member().equals(member))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void coordinatorKilled_theOtherNodesAnswerAllCallsAllTheTime_andFollowTheNextOne() {
        int[] ports = IntStream.generate(Ports::free).limit(NODES).toArray();
        try (Cluster cluster = Cluster.start(
                        "keda",
                        Loopback.of(
                                NODES,
                                i -> Map.of(
                                        "BULWARK_KEDA_ENABLED",
                                        "true",
                                        "BULWARK_KEDA_PORT",
                                        Integer.toString(ports[i]))),
                        List.of("-Dbulwark.scaling.evaluate-every=2s"));
                BulwarkClient first = cluster.client(0, cluster.token("*", "operator,viewer"), ANSWER_WITHIN)) {
            // As many as there are: nothing is ever decided, and every answer is an evaluation's that was not
            // journalled.
            assertThat(first.put("/v1/scaling/policy", minimum(NODES)).status()).isBetween(200, 204);
            int victim = coordinator(cluster, first);
            List<Integer> others =
                    IntStream.range(0, NODES).filter(i -> i != victim).boxed().toList();
            List<KedaOperator> operators = others.stream()
                    .map(i -> new KedaOperator("node " + (i + 1), ports[i]))
                    .toList();
            try (BulwarkClient survivor =
                    cluster.client(others.getFirst(), cluster.token("*", "operator,viewer"), ANSWER_WITHIN)) {
                await("all say " + NODES, operators, it -> it.nodes() == NODES && it.streamed() > 0);

                cluster.node(victim).kill();
                Wait.until(
                        "another coordinator",
                        BulwarkNode.PATIENCE,
                        () -> coordinator(cluster, survivor) != victim,
                        () -> survivor.get("/v1/scaling").toString());
                List<Integer> before =
                        operators.stream().map(KedaOperator::rounds).toList();
                assertThat(survivor.put("/v1/scaling/policy", minimum(NODES + 1))
                                .status())
                        .isBetween(200, 204);

                await("all say " + (NODES + 1), operators, it -> it.nodes() == NODES + 1);
                assertThat(before).allMatch(rounds -> rounds > 10);
                assertThat(operators.stream().flatMap(it -> it.oddities().stream()))
                        .isEmpty();
            } finally {
                operators.forEach(KedaOperator::close);
            }
        }
    }
}
