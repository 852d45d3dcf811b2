package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Launch;
import io.bulwark.load.node.Scratch;
import io.bulwark.load.node.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

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

    /** Its server has another port then, and commits wait for an archiver that does not run yet. */
    private static void startAgain(BulwarkNode node) {
        node.process().terminate();
        assertThat(node.process().exitStatus(BulwarkNode.PATIENCE)).isZero();
        node.restart();
        node.address();
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private void drillFindsEveryOperation(BulwarkNode node) {
        String drill = node.run("drill", "--end");
        assertThat(drill).contains("ok           journal", "  passed, RTO ");
        Matcher operations = Pattern.compile("ok +ledger +operations: (\\d+)").matcher(drill);
        assertThat(operations.find()).as(drill).isTrue();
        assertThat(Integer.parseInt(operations.group(1))).isGreaterThanOrEqualTo(acknowledged.size() - 1);
        assertThat(node.run("drill", "list")).contains("  passed, RTO ", " to the end");
        assertThat(node.dataDirectory().resolve("drills")).isDirectoryNotContaining("glob:**/scratch-*");
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

    private List<String> lost(BulwarkClient client) {
        return acknowledged.stream()
                .filter(key -> client.get("/v1/tenants/acme/operations/" + key).status() != 200)
                .toList();
    }

    private static void restoreToTheEnd(BulwarkNode node, String newest) {
        String data = node.dataDirectory().resolve("postgres/data").toString();
        assertThat(node.run("restore", "--to", data, "--end", "--dry-run")).contains("base.tar", "together: ");
        assertThat(node.run("restore", "--to", data, "--end")).contains("Restored " + newest);
        node.restart();
        node.address();
    }

    @Test
    void serverKilledAndItsDataDeleted_everyAcknowledgedOperationIsThereAfterTheRestore() throws Exception {
        try (BulwarkNode node =
                        BulwarkNode.launch("backup/node", Launch.onFreePorts().with(repository.environment()));
                BulwarkClient client = new BulwarkClient(node::address, node.adminToken())) {
            repository.writeKeys(node);
            assertThat(client.put("/v1/tenants/acme", "{}").status()).isEqualTo(201);
            IntStream.range(0, 50).forEach(_ -> claim(client));
            String full = Backups.take(client, "{\"kind\":\"full\"}");
            IntStream.range(0, 50).forEach(_ -> claim(client));
            String incremental = Backups.take(client, "{\"label\":\"the second\"}");
            assertThat(full).endsWith("-full");
            assertThat(incremental).endsWith("-incremental");
            Backups.archive(client, "synchronous");
            Backups.awaitStatus(client, "/archive/synchronous", "true");
            startAgain(node);
            Backups.awaitStatus(client, "/archive/synchronous", "true");
            node.run(
                    "erase",
                    "add",
                    "acme",
                    "--table",
                    "public.operation",
                    "--column",
                    "key",
                    "--value",
                    "k1",
                    "--reason",
                    "article 17");
            loseEverythingUnderLoad(node, client);

            assertThat(node.run("backup", "list")).contains(full, incremental, "on " + full, "\"the second\"");
            assertThat(node.run("verify")).contains(full + "  intact").contains(incremental + "  intact");
            restoreToTheEnd(node, incremental);

            assertThat(acknowledged).hasSizeGreaterThan(100);
            assertThat(lost(client))
                    .as("lost of %d acknowledged, but for the one that is on the erasure list", acknowledged.size())
                    .containsExactly("k1");
            drillFindsEveryOperation(node);
            Backups.awaitStatus(client, "/archive/synchronous", "true");
            assertThat(Backups.take(client, "{}")).as("after a restore").endsWith("-full");
        }
    }

    /** What the log that was not archived yet held is lost, and nothing else: a beginning of what was acknowledged is there. */
    @Test
    @EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
    void asynchronously_theLastMomentsAreLost_andTheRestIsThere() throws Exception {
        try (BulwarkNode node =
                        BulwarkNode.launch("backup/node", Launch.onFreePorts().with(repository.environment()));
                BulwarkClient client = new BulwarkClient(node::address, node.adminToken())) {
            repository.writeKeys(node);
            Backups.archive(client, "asynchronous");
            assertThat(client.put("/v1/tenants/acme", "{}").status()).isEqualTo(201);
            String full = Backups.take(client, "{\"kind\":\"full\"}");
            Backups.awaitStatus(client, "/archive/state", "streaming");
            loseEverythingUnderLoad(node, client);
            restoreToTheEnd(node, full);

            List<String> lost = lost(client);
            System.out.println(
                    "asynchronously lost: " + lost.size() + " of " + acknowledged.size() + " acknowledged in " + LOAD
                            + ", the earliest " + lost.stream().findFirst());
            assertThat(lost.size()).isLessThan(acknowledged.size());
        }
    }
}
