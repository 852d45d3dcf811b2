package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.cluster.Loopback;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Scratch;
import io.bulwark.load.node.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Nodes are killed in the middle of backups: the one that decides, and the one that works. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
class BackupMoveTest {
    private static final int NODES = 3;
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    /** A database of 40 MiB takes some twenty seconds then. */
    private static final String SLOWLY = "{\"schedules\":[],\"rateMaxKibibytes\":2048}";

    private final BackupRepository repository = new BackupRepository(Scratch.empty("backup-move-repository"));
    private Cluster cluster = start();

    private Cluster start() {
        return Cluster.start("backup-move", Loopback.of(NODES, _ -> repository.environment()), List.of());
    }

    @BeforeEach
    void writeKeys() throws IOException {
        repository.writeKeys(cluster.node(0));
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private int nodeOf(String member) {
        return IntStream.range(0, NODES)
                .filter(i -> cluster.place(i).member().equals(member))
                .findFirst()
                .orElseThrow();
    }

    private BulwarkClient client(int node) {
        return cluster.client(node, cluster.token("*", "admin"), ANSWER_WITHIN);
    }

    private static JsonNode awaitRunning(BulwarkClient client, long run) {
        Wait.until(
                "run " + run + " runs",
                BulwarkNode.PATIENCE,
                () -> Backups.run(client, run).path("bytesDone").asLong() > 0,
                () -> Backups.run(client, run).toString());
        return Backups.run(client, run);
    }

    @Test
    void coordinatorAndWorkerKilled_inTheMiddleOfABackup_thereIsOneInTheEnd() {
        int decides;
        long run;
        try (BulwarkClient any = client(0)) {
            assertThat(any.put("/v1/backups/policy", SLOWLY).status()).isEqualTo(200);
            decides = nodeOf(Backups.status(any).path("coordinator").asText());
            run = Backups.begin(any, "/v1/backups", "{\"kind\":\"full\"}");
            awaitRunning(any, run);
        }
        cluster.node(decides).kill();
        int other = (decides + 1) % NODES;
        try (BulwarkClient any = client(other)) {
            Wait.until(
                    "another coordinator",
                    BulwarkNode.PATIENCE,
                    () -> nodeOf(Backups.status(any).path("coordinator").asText()) != decides,
                    () -> Backups.status(any).toString());
            assertThat(Backups.awaitEnd(any, run).path("state").asText()).isEqualTo("done");
            // Else the one that is left is not the majority, and leaves.
            cluster.restart(decides);
            cluster.awaitWhole();
            long second = Backups.begin(any, "/v1/backups", "{\"kind\":\"full\"}");
            int works = nodeOf(awaitRunning(any, second).path("node").asText());
            int asks = IntStream.range(0, NODES)
                    .filter(i -> i != works && i != decides)
                    .findFirst()
                    .orElseThrow();
            cluster.node(works).kill();
            try (BulwarkClient left = client(asks)) {
                JsonNode done = Backups.awaitEnd(left, second);
                assertThat(done.path("state").asText()).as(done.toString()).isEqualTo("done");
                assertThat(done.path("attempt").asInt()).as(done.toString()).isGreaterThan(1);
                assertThat(left.get("/v1/backups").json().path("items")).hasSize(2);
            }
        }
    }
}
