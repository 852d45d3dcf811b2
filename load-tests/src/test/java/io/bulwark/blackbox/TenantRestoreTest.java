package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Launch;
import io.bulwark.load.node.Scratch;
import io.bulwark.load.node.Wait;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One tenant goes back to an instant while the others are under load; none of their calls fails, and nothing of theirs changes. */
@Timeout(600)
class TenantRestoreTest {
    private static final List<String> OTHERS = List.of("other-1", "other-2", "other-3");
    private static final int CALLERS = 4;

    private final BackupRepository repository = new BackupRepository(Scratch.empty("tenant-restore"));
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<String> failed = new ConcurrentLinkedQueue<>();
    private final AtomicInteger next = new AtomicInteger();

    private Launch launch() {
        return Launch.onFreePorts()
                .with(repository.environment())
                .with(Map.of("BULWARK_BACKUP_TENANT_TABLES", "app.invoice:tenant"));
    }

    private static Reply claim(BulwarkClient client, String tenant, String key) {
        return client.send(
                "POST",
                "/v1/tenants/" + tenant + "/operations/" + key + "/claim",
                "{\"fingerprint\":\"f\",\"lease\":\"PT1S\"}");
    }

    /** Claims and completes under new keys until it is told to end. */
    private void load(BulwarkClient client, AtomicBoolean over) {
        while (!over.get()) {
            int number = next.incrementAndGet();
            String tenant = OTHERS.get(number % OTHERS.size());
            Reply claimed = client.send(
                    "POST",
                    "/v1/tenants/" + tenant + "/operations/k" + number + "/claim",
                    "{\"fingerprint\":\"f\",\"lease\":\"PT1M\"}");
            Reply completed = client.send(
                    "POST",
                    "/v1/tenants/" + tenant + "/operations/k" + number + "/complete",
                    "{\"token\":" + claimed.json().path("token").asLong()
                            + ",\"status\":200,\"headers\":{},\"body\":\"x\"}");
            if (claimed.status() == 201 && completed.status() == 204) {
                acknowledged.add(tenant + "/operations/k" + number);
            } else {
                failed.add(claimed + " " + completed);
            }
        }
    }

    private static List<String> query(Statement statement, String sql) {
        try (ResultSet rows = statement.executeQuery(sql)) {
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
            return lines;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static List<String> rowsOfAcme(Statement statement) {
        return Stream.of("app.invoice", "operation")
                .flatMap(table ->
                        query(statement, "SELECT t::text FROM " + table + " t WHERE tenant = 'acme' ORDER BY 1")
                                .stream())
                .toList();
    }

    /** Everything that was committed so far is in the repository, and with it something later than any instant so far. */
    private static void untilArchived(Statement statement) {
        String now = query(statement, "SELECT pg_current_wal_lsn()").getFirst();
        Wait.until(
                "archived",
                BulwarkNode.PATIENCE,
                () -> query(statement, "SELECT count(*) FROM pg_stat_replication WHERE flush_lsn >= '" + now + "'")
                        .getFirst()
                        .equals("1"),
                () -> "not up to " + now);
    }

    private static JsonNode ended(BulwarkClient client, String location) {
        Wait.until(
                "the restore",
                BulwarkNode.PATIENCE,
                () -> !show(client, location).path("state").asText().equals("running"),
                () -> show(client, location).toString());
        return show(client, location);
    }

    private static JsonNode show(BulwarkClient client, String location) {
        return client.get(location).json();
    }

    private static String start(BulwarkClient client, String at, boolean dryRun) {
        Reply begun = client.send(
                "POST",
                "/v1/restores",
                "{\"tenant\":\"acme\",\"at\":\"" + at + "\",\"dryRun\":" + dryRun + ",\"reason\":\"test\"}");
        assertThat(begun.status()).as(begun.toString()).isEqualTo(202);
        return begun.header("Location").orElseThrow();
    }

    /** Makes the tenants, and what acme has at the instant. */
    private static void fill(BulwarkClient client, Statement statement) throws SQLException {
        Stream.concat(Stream.of("acme"), OTHERS.stream())
                .forEach(tenant -> assertThat(
                                client.put("/v1/tenants/" + tenant, "{}").status())
                        .isEqualTo(201));
        statement.execute("CREATE SCHEMA app");
        statement.execute("CREATE TABLE app.invoice (id int PRIMARY KEY, tenant text NOT NULL, net numeric)");
        statement.execute("INSERT INTO app.invoice SELECT n, CASE WHEN n % 2 = 0 THEN 'acme' ELSE 'other-1' END, n"
                + " FROM generate_series(1, 200) n");
        IntStream.range(0, 20)
                .forEach(n ->
                        assertThat(claim(client, "acme", "then-" + n).status()).isEqualTo(201));
    }

    /** A mistake: what is right is overwritten, what is wrong is added. */
    private static void harm(BulwarkClient client, Statement statement) throws SQLException {
        statement.execute("UPDATE app.invoice SET net = 0 WHERE tenant = 'acme' AND id < 100");
        statement.execute("DELETE FROM app.invoice WHERE tenant = 'acme' AND id > 150");
        IntStream.range(0, 20)
                .forEach(n ->
                        assertThat(claim(client, "acme", "later-" + n).status()).isEqualTo(201));
        assertThat(client.put("/v1/tenants/acme", "{\"idempotency\":{\"retention\":\"P2D\"}}")
                        .status())
                .isEqualTo(200);
    }

    private void underLoad(BulwarkClient client, Runnable work) throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> callers = IntStream.range(0, CALLERS)
                .mapToObj(_ -> Thread.ofVirtual().start(() -> load(client, over)))
                .toList();
        work.run();
        over.set(true);
        for (Thread caller : callers) {
            caller.join();
        }
    }

    @Test
    void tenantUnderRestore_isAsAtTheInstant_andTheOthersNoticeNothing() throws Exception {
        try (BulwarkNode node = BulwarkNode.launch("tenant-restore/node", launch());
                BulwarkClient client = new BulwarkClient(node::address, node.adminToken())) {
            repository.writeKeys(node);
            node.address();
            try (Connection connection = BackupRepository.database(node);
                    Statement statement = connection.createStatement()) {
                fill(client, statement);
                Backups.take(client, "{}");
                Backups.archive(client, "synchronous");
                Backups.awaitStatus(client, "/archive/synchronous", "true");
                IntStream.range(20, 40).forEach(n -> claim(client, "acme", "then-" + n));
                String policy = client.get("/v1/tenants/acme").body();
                List<String> then = rowsOfAcme(statement);
                String at = query(
                                statement,
                                "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
                        .getFirst();
                harm(client, statement);
                untilArchived(statement);
                List<String> invoices = query(statement, "SELECT i::text FROM app.invoice i WHERE tenant <> 'acme'");

                underLoad(client, () -> {
                    JsonNode restored = ended(client, start(client, at, false));
                    assertThat(restored.path("state").asText())
                            .as(restored.toString())
                            .isEqualTo("done");
                    assertThat(table(restored, "app.invoice")).isEqualTo("25 added, 0 removed, 49 changed, 26 same");
                    assertThat(restored.path("status").asText()).isEqualTo("active");
                });

                assertThat(failed).isEmpty();
                assertThat(acknowledged).hasSizeGreaterThan(20);
                assertThat(acknowledged)
                        .allMatch(operation ->
                                client.get("/v1/tenants/" + operation).status() == 200);
                assertThat(query(statement, "SELECT i::text FROM app.invoice i WHERE tenant <> 'acme'"))
                        .isEqualTo(invoices);
                assertThat(rowsOfAcme(statement)).isEqualTo(then);
                assertThat(client.get("/v1/tenants/acme").body()).isEqualTo(policy);
                assertThat(claim(client, "acme", "after").status()).isEqualTo(201);
                if (Scale.of(0, 1) == 1) {
                    killInTheMiddle(node, client, at);
                }
            }
        }
    }

    /** The tenant is as before, and quarantined; the same restore goes through. */
    private static void killInTheMiddle(BulwarkNode node, BulwarkClient client, String at) {
        String location = start(client, at, false);
        Wait.until(
                "restoring",
                BulwarkNode.PATIENCE,
                () -> show(client, location).path("phase").asText().equals("restoring"),
                () -> show(client, location).toString());
        node.kill();
        node.restart();
        node.address();
        assertThat(show(client, location).path("state").asText()).isEqualTo("broken-off");
        assertThat(client.get("/v1/tenants/acme").json().path("status").asText())
                .isEqualTo("quarantined");
        assertThat(client.get("/v1/tenants/acme/operations/after").status()).isEqualTo(200);

        assertThat(ended(client, start(client, at, false)).path("status").asText())
                .isEqualTo("active");
        assertThat(client.get("/v1/tenants/acme/operations/after").status()).isEqualTo(404);
        assertThat(client.get("/v1/tenants/acme/operations/then-0").status()).isEqualTo(200);
    }

    private static String table(JsonNode restore, String name) {
        for (JsonNode table : restore.path("difference")) {
            if (table.path("table").asText().equals(name)) {
                return table.at("/added/count").asInt() + " added, "
                        + table.at("/removed/count").asInt() + " removed, "
                        + table.at("/changed/count").asInt() + " changed, "
                        + table.at("/same").asInt() + " same";
            }
        }
        return "not there";
    }
}
