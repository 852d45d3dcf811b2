package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.ChildProcess;
import io.bulwark.load.node.Launch;
import io.bulwark.load.node.Scratch;
import io.bulwark.load.node.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The database is lost under load, with everything in its data directory, and comes back from the repository. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BackupTest {
    private static final int CALLERS = 6;
    private static final Duration LOAD = Duration.ofSeconds(Scale.of(6, 60));

    private final BackupRepository repository = new BackupRepository(Scratch.empty("backup"));
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final AtomicInteger next = new AtomicInteger();

    private void claim(BulwarkClient client) {
        String key = "k" + next.incrementAndGet();
        try {
            if (client.post(
                                    "/v1/tenants/acme/operations/" + key + "/claim",
                                    "{\"fingerprint\":\"f\",\"lease\":\"PT1H\"}")
                            .status()
                    == 201) {
                acknowledged.add(key);
            }
        } catch (UncheckedIOException e) {
            // Not acknowledged: the node was killed while it answered.
        }
    }

    /** Its server has another port then. */
    private static void startAgain(BulwarkNode node) {
        node.process().terminate();
        assertThat(node.process().exitStatus(BulwarkNode.PATIENCE)).isZero();
        node.restart();
        node.address();
    }

    private static void commitsWaitForTheArchiver(BulwarkNode node) throws IOException, SQLException {
        try (Connection connection = BackupRepository.database(node);
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER SYSTEM SET synchronous_standby_names = 'bulwark_archiver'");
            statement.execute("SELECT pg_reload_conf()");
            Wait.until("synchronous", BulwarkNode.PATIENCE, () -> isSynchronous(statement), () -> "not yet");
        }
    }

    private static boolean isSynchronous(Statement statement) {
        try (ResultSet rows =
                statement.executeQuery("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")) {
            return rows.next() && rows.getInt(1) == 1;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Kills the node and its server in the middle of the load, and deletes the data. */
    private void loseEverythingUnderLoad(BulwarkNode node, BulwarkClient client) throws Exception {
        AtomicBoolean lost = new AtomicBoolean();
        List<Thread> callers = IntStream.range(0, CALLERS)
                .mapToObj(_ -> Thread.ofVirtual().start(() -> {
                    while (!lost.get()) {
                        claim(client);
                    }
                }))
                .toList();
        Wait.until(System.nanoTime() + LOAD.toNanos());
        // The node first: it would start its server again.
        node.kill();
        node.server().kill();
        lost.set(true);
        for (Thread caller : callers) {
            caller.join();
        }
        delete(node.dataDirectory().resolve("postgres/data"));
    }

    @Test
    void serverKilledAndItsDataDeleted_everyAcknowledgedOperationIsThereAfterTheRestore() throws Exception {
        try (BulwarkNode node =
                        BulwarkNode.launch("backup/node", Launch.onFreePorts().with(repository.environment()));
                BulwarkClient client = new BulwarkClient(node::address, node.adminToken())) {
            repository.writeKeys(node);
            assertThat(client.put("/v1/tenants/acme", "{}").status()).isEqualTo(201);
            IntStream.range(0, 50).forEach(_ -> claim(client));
            String full = node.run("backup", "take");
            IntStream.range(0, 50).forEach(_ -> claim(client));
            String incremental = node.run("backup", "take", "--kind", "incremental", "--label", "the second");
            assertThat(full).endsWith("-full");
            assertThat(incremental).endsWith("-incremental");
            try (ChildProcess archiver = repository.archiver(node)) {
                startAgain(node);
                commitsWaitForTheArchiver(node);
                loseEverythingUnderLoad(node, client);
                assertThat(archiver.isAlive()).isTrue();
            }

            assertThat(node.run("backup", "list")).contains(full, incremental, "on " + full, "\"the second\"");
            assertThat(node.run("verify")).contains(full + "  intact").contains(incremental + "  intact");
            String data = node.dataDirectory().resolve("postgres/data").toString();
            assertThat(node.run("restore", "--to", data, "--end", "--dry-run")).contains("base.tar", "together: ");
            assertThat(node.run("restore", "--to", data, "--end")).contains("Restored " + incremental);
            node.restart();

            assertThat(acknowledged).hasSizeGreaterThan(100);
            assertThat(acknowledged.stream()
                            .filter(key -> client.get("/v1/tenants/acme/operations/" + key)
                                            .status()
                                    != 200))
                    .as("lost of %d acknowledged", acknowledged.size())
                    .isEmpty();
        }
    }
}
