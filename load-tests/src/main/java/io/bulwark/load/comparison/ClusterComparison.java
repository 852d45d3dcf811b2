package io.bulwark.load.comparison;

import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.cluster.GuardHome;
import io.bulwark.load.node.Wait;
import io.bulwark.load.result.Result;
import io.bulwark.load.rival.Fronts;
import io.bulwark.load.rival.Installed;
import io.bulwark.load.rival.Peer;
import io.bulwark.load.rival.Quota;
import io.bulwark.load.rival.Redis;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

/** One decision that holds in the whole cluster, asked of any of three processes. */
record ClusterComparison(InstantSource clock, Consumer<String> progress) implements Comparison {
    private static final int NODES = 3;
    private static final int CONNECTIONS = 48;
    private static final List<String> JVM = List.of("-Xmx384m");
    private static final Quota AMPLE = Quota.ample();
    private static final Quota LOW = new Quota("low", 1_000, 1_000);
    private static final Quota KILLED = new Quota("killed", 1_000, 1_000);
    /** Ample as well, and of a kind of which nothing is advanced to other nodes. */
    private static final String ASKED =
            "{\"name\":\"asked\",\"algorithm\":\"sliding-window\",\"capacity\":1000000000,\"per\":\"PT1S\"}";
    /** Three JVMs on two cores are compiled only after minutes; most of it after this. */
    private static final Duration COMPILING = Duration.ofSeconds(60);

    private static final List<Quota> QUOTAS = List.of(AMPLE, LOW, KILLED);
    private static final Duration KILL_ROUND = Duration.ofSeconds(20);
    private static final Duration BEFORE_KILL = Duration.ofSeconds(4);

    /** Somebody who decides, and who holds the state of a tenant. */
    private record Candidate(Peer peer, Function<String, Holder> holder) {}

    /** How it is killed and brought back. */
    private record Holder(Runnable kill, Runnable back) {}

    @Override
    public String name() {
        return "cluster";
    }

    @Override
    public String title() {
        return "A cluster-wide limit decision, asked of three processes";
    }

    @Override
    public Result run(Setting setting) {
        setting.enter();
        Findings findings = Findings.of(this, setting, clock);
        try (Cast cast = new Cast()) {
            Cluster cluster = Bulwarks.cluster("comparison-cluster/bulwark", NODES);
            Bulwarks bulwark = cast.keep(Bulwarks.of(cluster));
            bulwark.putTenants(
                    "{\"limits\":[" + AMPLE.policy() + "," + ASKED + "," + LOW.policy() + "," + KILLED.policy() + "]}");
            Map<String, Candidate> all = new LinkedHashMap<>();
            all.put("bulwark", candidate(bulwark, cluster));
            addRedis(all, findings, cast);
            Rounds rounds = new Rounds(findings, setting, CONNECTIONS, progress);
            List<Subject> subjects = subjects(all, bulwark.token());
            subjects.add(new Subject(
                    "bulwark-asking",
                    new Prepared(bulwark.addresses(), Requests.acquires("asked", bulwark.token()), Set.of(200))));
            subjects.add(bare(cast, bulwark.token()));
            rounds.run("decisions", subjects, COMPILING);
            all.forEach((name, one) -> overAdmission(name, one, bulwark.token(), rounds, setting, findings));
            all.forEach((name, one) -> killed(name, one, bulwark.token(), rounds, findings));
        }
        notes(findings);
        return findings.result();
    }

    private static Candidate candidate(Bulwarks bulwark, Cluster cluster) {
        GuardHome home = new GuardHome(cluster, bulwark.token());
        return new Candidate(bulwark, tenant -> {
            int node = home.of(tenant, KILLED.name());
            return new Holder(() -> cluster.node(node).kill(), () -> cluster.restart(node));
        });
    }

    private static void addRedis(Map<String, Candidate> all, Findings findings, Cast cast) {
        findings.target("bulwark.overAdmitted == 0");
        if (Installed.program("redis-server").isEmpty()) {
            findings.note(Installed.absence("redis-server"));
            return;
        }
        Redis redis = cast.keep(Redis.start("comparison-cluster/redis", Redis.Durability.NONE));
        all.put("redis-gcra", candidate("redis-gcra", Fronts.redisGcra(redis, QUOTAS), redis, cast));
        all.put("bucket4j", candidate("bucket4j", Fronts.bucket4j(redis, QUOTAS), redis, cast));
        findings.target("bulwark.rate >= 1.5 * redis-gcra.rate");
        findings.target("bulwark.rate >= 1.5 * bucket4j.rate");
    }

    private static Candidate candidate(String name, List<String> backEnd, Redis redis, Cast cast) {
        Fronts fronts = cast.keep(Fronts.start("comparison-cluster/" + name, NODES, JVM, backEnd));
        return new Candidate(fronts, _ -> new Holder(redis::kill, redis::restart));
    }

    private static List<Subject> subjects(Map<String, Candidate> all, String token) {
        List<byte[]> requests = Requests.acquires(AMPLE.name(), token);
        List<Subject> subjects = new ArrayList<>();
        all.forEach((name, one) ->
                subjects.add(new Subject(name, new Prepared(one.peer().addresses(), requests, Set.of(200)))));
        return subjects;
    }

    /** What three processes of this stack can do at all: nobody is asked, and nothing is checked. */
    private static Subject bare(Cast cast, String token) {
        Fronts fronts = cast.keep(Fronts.start("comparison-cluster/bare", NODES, JVM, Fronts.constant()));
        return new Subject(
                "bare", new Prepared(fronts.addresses(), Requests.acquires(AMPLE.name(), token), Set.of(200)));
    }

    private static Subject asking(String name, Candidate one, Quota quota, int tenant, String token) {
        List<byte[]> requests = Requests.acquires(quota.name(), token).subList(tenant, tenant + 1);
        return new Subject(name, new Prepared(one.peer().addresses(), requests, Set.of(200, 429)));
    }

    /** The rivals share a Redis, so each asks for the limit of a tenant of its own. */
    private static int tenantOf(String name) {
        return Math.floorMod(name.hashCode(), Requests.TENANTS);
    }

    private void overAdmission(
            String name, Candidate one, String token, Rounds rounds, Setting setting, Findings findings) {
        Subject subject = asking(name, one, LOW, tenantOf(name), token);
        Rounds.Admitted admitted = rounds.admitted(subject, setting.round());
        findings.count(name, "overAdmitted", "calls", LOW.overAdmitted(admitted.calls(), admitted.took()));
        findings.add(name, "admittedShare", "%", 100.0 * admitted.calls() / LOW.admissible(admitted.took()));
        progress.accept(name + ": " + admitted + " of " + LOW.admissible(admitted.took()) + " that may be");
    }

    private void killed(String name, Candidate one, String token, Rounds rounds, Findings findings) {
        Subject subject = asking(name, one, KILLED, tenantOf(name), token);
        // Before the load: a question that waits behind it would make the kill late.
        Holder holder = one.holder().apply(Requests.tenant(tenantOf(name)));
        long start = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Void> killer = CompletableFuture.runAsync(
                    () -> {
                        Wait.until(start + BEFORE_KILL.toNanos());
                        holder.kill().run();
                        holder.back().run();
                    },
                    threads);
            Rounds.Admitted admitted = rounds.admitted(subject, KILL_ROUND);
            killer.join();
            findings.count(name, "overAdmittedOnKill", "calls", KILLED.overAdmitted(admitted.calls(), admitted.took()));
            findings.count(name, "failedOnKill", "calls", admitted.failed());
            findings.add(
                    name, "admittedShareOnKill", "%", 100.0 * admitted.calls() / KILLED.admissible(admitted.took()));
            progress.accept(name + " killed: " + admitted + " of " + KILLED.admissible(admitted.took()));
        }
    }

    private static void notes(Findings findings) {
        findings.note("Bulwark: three nodes and a PostgreSQL (idle here), soft limits in the memory of each tenant's"
                + " owner. The rivals: three processes of one front (Akka HTTP 10.5.3, bind) with the same JVM options"
                + " and heap, and one Redis without persistence, which is as durable as a soft limit; redis-gcra is a"
                + " script of ours by EVALSHA over one lettuce connection per front, bucket4j its compare-and-swap"
                + " form, asynchronous.");
        findings.note("Requests are spread over " + Requests.TENANTS + " tenants and sent to the three in equal parts;"
                + " a Bulwark that is not the owner asks the owner. Bulwark alone checks tokens.");
        findings.note("bulwark-asking: the same nodes and a sliding window, of which a guard advances nothing to other"
                + " nodes, so that two of three decisions are a question to another node.");
        findings.note(
                "bare: three of the rivals' fronts with a prepared answer (bindSync): nobody decides. What it does is"
                        + " the ceiling of three such processes on this machine, whatever they ask.");
        findings.note("No process is pinned; all of a subject's processes, and the idle ones of the others, share the"
                + " machine's cores with the client.");
        findings.note("overAdmittedOnKill: one limit is asked for during " + KILL_ROUND
                + " while the process that holds its level is killed with SIGKILL after " + BEFORE_KILL
                + " and started again at once: Redis for the rivals, the node with the tenant's guard for Bulwark. A fresh bucket of"
                + " " + KILLED.capacity() + " is what each may lose. failedOnKill counts calls that were neither"
                + " admitted nor refused; those to a dead node fail as fast as the closed loop sends them.");
    }
}
