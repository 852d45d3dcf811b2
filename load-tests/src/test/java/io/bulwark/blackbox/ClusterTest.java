package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.history.History;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three nodes that are one Bulwark, while nothing is wrong. */
@ExtendWith(SharedCluster.class)
class ClusterTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void cluster_askedOfAnyNode_listsAllThree(Cluster cluster) {
        List<String> members = IntStream.range(0, cluster.size())
                .mapToObj(i -> cluster.place(i).member())
                .sorted()
                .toList();

        for (int i = 0; i < cluster.size(); i++) {
            assertThat(cluster.view(i))
                    .as("node %d", i + 1)
                    .hasValueSatisfying(view -> assertThat(view.members())
                            .extracting(member -> member.address())
                            .containsExactlyInAnyOrderElementsOf(members));
        }
    }

    @Test
    void sameCall_toEachNode_isExecutedOnceAndReplayedByTheOthers(Cluster cluster) {
        History history = new History();
        try (var service = ExecutionCountingService.start(Plan.always(new Behaviour.Answer(201)), history);
                var admin = cluster.client(0, cluster.token("*", "admin"), SOON)) {
            admin.put("/v1/services/same-call", "{\"targets\":[\"" + service.address() + "\"]}");
            admin.put("/v1/tenants/same-call", "{}");
            awaitServiceEverywhere(cluster);

            List<Reply> replies = IntStream.range(0, cluster.size())
                    .mapToObj(i -> call(cluster, i))
                    .toList();

            assertThat(replies).extracting(Reply::status).containsOnly(201);
            assertThat(replies)
                    .extracting(Reply::body)
                    .containsOnly(replies.getFirst().body());
            assertThat(replies).extracting(Reply::replayed).containsExactly(false, true, true);
            assertThat(service.arrivals()).isEqualTo(1);
        }
    }

    private static void awaitServiceEverywhere(Cluster cluster) {
        for (int i = 0; i < cluster.size(); i++) {
            try (var viewer = cluster.client(i, cluster.token("*", "viewer"), SOON)) {
                await().atMost(SOON)
                        .until(() -> viewer.get("/v1/services/same-call").status() == 200);
            }
        }
    }

    private static Reply call(Cluster cluster, int node) {
        try (BulwarkClient client = cluster.client(node, cluster.token("*", "caller"), SOON)) {
            return client.keyed("/t/same-call/same-call/charges", "one", "{\"amount\":1}");
        }
    }
}
