package io.bulwark.load.comparison;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.drive.Work;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.PostgresServer;
import io.bulwark.load.result.Result;
import io.bulwark.load.rival.Fronts;
import io.bulwark.load.rival.Installed;
import io.bulwark.load.rival.Peer;
import io.bulwark.load.rival.Redis;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A durable first-seen operation: claimed, and completed with an answer that a retry would get. */
record OperationComparison(InstantSource clock, Consumer<String> progress) implements Comparison {
    private static final int CONNECTIONS = 64;
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

    /**
     * Somebody who keeps operations.
     *
     * @param faults kills of its front and of its store, each with the return
     */
    private record Candidate(String name, Peer peer, List<Runnable> faults) {}

    @Override
    public String name() {
        return "operation";
    }

    @Override
    public String title() {
        return "A durable first-seen operation, claimed and completed";
    }

    @Override
    public Result run(Setting setting) {
        setting.enter();
        Findings findings = Findings.of(this, setting, clock);
        try (Cast cast = new Cast()) {
            PostgresServer database = cast.keep(database("bulwark"));
            BulwarkNode node = cast.keep(Bulwarks.nodeOn("comparison-operation/bulwark", database));
            Bulwarks bulwark = cast.keep(Bulwarks.of(node));
            bulwark.putTenants("{}");
            List<Candidate> all = new ArrayList<>();
            all.add(new Candidate(
                    "bulwark",
                    bulwark,
                    List.of(
                            () -> {
                                node.kill();
                                node.restart();
                                node.address();
                            },
                            killed(database))));
            all.add(insert(cast));
            addRedis(all, cast, findings);
            new Rounds(findings, setting, CONNECTIONS, progress).run("operations", subjects(all, bulwark));
            all.forEach(one -> kills(one, bulwark.token(), findings));
        }
        targets(findings);
        return findings.result();
    }

    private static PostgresServer database(String whose) {
        return PostgresServer.start(
                "comparison-operation/postgres-of-" + whose, "127.0.0.0/8", "127.0.0.1", List.of(Cluster.DATABASE));
    }

    private static Runnable killed(PostgresServer database) {
        return () -> {
            database.kill();
            database.restart();
        };
    }

    private static Runnable killed(Fronts fronts) {
        return () -> {
            fronts.kill(0);
            fronts.restart(0);
        };
    }

    private static Candidate insert(Cast cast) {
        PostgresServer database = cast.keep(database("insert"));
        String url = PostgresServer.url("127.0.0.1", database.port(), Cluster.DATABASE);
        Fronts fronts = cast.keep(Fronts.start(
                "comparison-operation/insert",
                1,
                List.of(),
                Fronts.insertOnConflict(url, PostgresServer.USER, PostgresServer.PASSWORD)));
        return new Candidate("insert", fronts, List.of(killed(fronts), killed(database)));
    }

    private static void addRedis(List<Candidate> all, Cast cast, Findings findings) {
        if (Installed.program("redis-server").isEmpty()) {
            findings.note(Installed.absence("redis-server"));
            return;
        }
        Redis redis = cast.keep(Redis.start("comparison-operation/redis", Redis.Durability.EVERY_WRITE));
        Fronts fronts = cast.keep(Fronts.start("comparison-operation/set-nx", 1, List.of(), Fronts.redisSetNx(redis)));
        Runnable killed = () -> {
            redis.kill();
            redis.restart();
        };
        all.add(new Candidate("redis-set-nx", fronts, List.of(killed(fronts), killed)));
    }

    private static List<Subject> subjects(List<Candidate> all, Bulwarks bulwark) {
        String token = bulwark.token();
        List<Subject> subjects = new ArrayList<>();
        subjects.add(batches("bulwark-batch", false, bulwark));
        subjects.add(batches("bulwark-batch-hot", true, bulwark));
        for (Candidate one : all) {
            Supplier<Work> spread = numbered(one, "", false, token);
            Supplier<Work> hot = numbered(one, "-hot", true, token);
            subjects.add(new Subject(one.name(), spread, 1));
            subjects.add(new Subject(one.name() + "-hot", hot, 1));
        }
        return subjects;
    }

    private static Subject batches(String name, boolean hot, Bulwarks bulwark) {
        AtomicInteger runs = new AtomicInteger();
        Supplier<Work> work = () ->
                new OperationBatches(bulwark.addresses(), name + "-" + runs.incrementAndGet(), hot, bulwark.token());
        return new Subject(name, work, OperationBatches.SIZE);
    }

    /** Each run has keys of its own. */
    private static Supplier<Work> numbered(Candidate one, String kind, boolean hot, String token) {
        AtomicInteger runs = new AtomicInteger();
        return () ->
                new Operations(one.peer().addresses(), one.name() + kind + "-" + runs.incrementAndGet(), hot, token);
    }

    private void kills(Candidate one, String token, Findings findings) {
        URI address = URI.create(
                "http://127.0.0.1:" + one.peer().addresses().getFirst().getPort());
        try (BulwarkClient client = new BulwarkClient("", () -> address, token, ANSWER_WITHIN)) {
            OperationKills.Outcome outcome = new OperationKills(
                            client, new Operations(one.peer().addresses(), "killed", false, token))
                    .run(one.faults());
            findings.count(one.name(), "duplicates", "operations", outcome.duplicates());
            findings.count(one.name(), "lost", "operations", outcome.lost());
            findings.count(one.name(), "completedOnKill", "operations", outcome.completed());
            progress.accept(one.name() + " killed: " + outcome);
        }
    }

    private static void targets(Findings findings) {
        findings.target("bulwark.rate >= 4 * insert.rate");
        findings.target("bulwark.rate >= 10000/s");
        findings.target("bulwark-hot.rate >= 0.8 * bulwark.rate");
        findings.target("bulwark-batch.rate >= 4 * insert.rate");
        findings.target("bulwark-batch.rate >= 10000/s");
        findings.target("bulwark-batch-hot.rate >= 0.8 * bulwark-batch.rate");
        findings.target("bulwark.duplicates == 0");
        findings.target("bulwark.lost == 0");
        findings.note("An operation is two requests, claim and complete, and two durable writes, for every subject;"
                + " latencies are of both together; bulwark-batch claims " + OperationBatches.SIZE
                + " in one request and completes them in another. Spread over " + Requests.TENANTS
                + " tenants, or all of one (-hot).");
        findings.note("bulwark: one node on a PostgreSQL 18 of its own. insert: one front (Akka HTTP 10.5.3, the same"
                + " JVM options) with pgjdbc and HikariCP, 32 connections, INSERT … ON CONFLICT DO NOTHING and UPDATE,"
                + " a transaction for each, on another server of the same binaries and settings (fsync on,"
                + " synchronous_commit on). redis-set-nx: the same front with SET NX GET and a script that compares the"
                + " token, on Redis with appendfsync always.");
        findings.note("duplicates and lost: 16 callers, two for each key, while the front or node and then the store"
                + " are killed with SIGKILL and started again; a duplicate is a key that two claims were told to"
                + " execute, lost is a completion that was acknowledged and is gone. A killed process loses nothing"
                + " that the kernel has; this says nothing of a machine that loses power.");
        findings.note("No process is pinned; client, fronts, node and stores share the machine's cores. Bulwark alone"
                + " checks tokens, limits and the tenant's policy.");
    }
}
