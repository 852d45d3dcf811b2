package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.cluster.Loopback;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Scratch;
import io.bulwark.load.node.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Where some nodes have a repository and others do not. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
class BackupRoleTest {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    private final BackupRepository repository = new BackupRepository(Scratch.empty("backup-role-repository"));

    @Test
    void coordinator_livesWhereARepositoryIs_whoeverIsTheOldest() throws Exception {
        Loopback ground = Loopback.of(2, node -> node == 0 ? Map.of() : repository.environment());
        try (Cluster cluster = Cluster.start("backup-role", ground, List.of());
                BulwarkClient with = cluster.client(1, cluster.token("*", "admin"), ANSWER_WITHIN);
                BulwarkClient without = cluster.client(0, cluster.token("*", "admin"), ANSWER_WITHIN)) {
            repository.writeKeys(cluster.node(1));
            Wait.until(
                    "a coordinator",
                    BulwarkNode.PATIENCE,
                    () -> Backups.status(with)
                            .path("coordinator")
                            .asText()
                            .equals(cluster.place(1).member()),
                    () -> Backups.status(with).toString());

            assertThat(Backups.awaitEnd(with, Backups.begin(with, "/v1/backups", "{\"kind\":\"full\"}"))
                            .path("state")
                            .asText())
                    .isEqualTo("done");
            assertThat(without.get("/v1/backups/status").status()).isEqualTo(409);
        }
    }
}
