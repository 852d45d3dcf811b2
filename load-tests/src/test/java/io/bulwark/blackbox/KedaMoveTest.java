package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.cluster.ScalingView;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** KEDA asks every node for how many there are to be, while the node that decides it is killed. */
@ExtendWith(SharedCluster.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class KedaMoveTest {
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
        return IntStream.range(0, cluster.size())
                .filter(i -> cluster.place(i).member().equals(member))
                .findFirst()
                .orElseThrow();
    }

    private static KedaOperator operator(Cluster cluster, int node) {
        String port = Objects.requireNonNull(cluster.place(node).environment().get(SharedCluster.KEDA_PORT));
        return new KedaOperator("node " + (node + 1), Integer.parseInt(port));
    }

    @Test
    void coordinatorKilled_theOtherNodesAnswerAllCallsAllTheTime_andFollowTheNextOne(Cluster cluster) {
        String token = cluster.token("*", "operator,viewer");
        int victim;
        try (BulwarkClient any = cluster.client(0, token, ANSWER_WITHIN)) {
            // As many as there are: nothing is ever decided, and every answer is an evaluation's that was not
            // journalled.
            assertThat(any.put("/v1/scaling/policy", minimum(cluster.size())).status())
                    .isBetween(200, 204);
            victim = coordinator(cluster, any);
        }
        List<Integer> others = IntStream.range(0, cluster.size())
                .filter(i -> i != victim)
                .boxed()
                .toList();
        List<KedaOperator> operators =
                others.stream().map(i -> operator(cluster, i)).toList();
        try (BulwarkClient survivor = cluster.client(others.getFirst(), token, ANSWER_WITHIN)) {
            killWhileAsked(cluster, victim, operators, survivor);
        } finally {
            operators.forEach(KedaOperator::close);
            if (!cluster.node(victim).process().isAlive()) {
                cluster.restart(victim);
                cluster.awaitWhole();
            }
        }
    }

    private static void killWhileAsked(
            Cluster cluster, int victim, List<KedaOperator> operators, BulwarkClient survivor) {
        int nodes = cluster.size();
        await("all say " + nodes, operators, it -> it.nodes() == nodes && it.streamed() > 0);

        cluster.node(victim).kill();
        Wait.until(
                "another coordinator",
                BulwarkNode.PATIENCE,
                () -> coordinator(cluster, survivor) != victim,
                () -> survivor.get("/v1/scaling").toString());
        List<Integer> before = operators.stream().map(KedaOperator::rounds).toList();
        assertThat(survivor.put("/v1/scaling/policy", minimum(nodes + 1)).status())
                .isBetween(200, 204);

        await("all say " + (nodes + 1), operators, it -> it.nodes() == nodes + 1);
        assertThat(before).allMatch(rounds -> rounds > 10);
        assertThat(operators.stream().flatMap(it -> it.oddities().stream())).isEmpty();
    }
}
