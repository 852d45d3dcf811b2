package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.client.Balancer;
import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.OpenLoad;
import io.bulwark.load.client.Reply;
import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.fault.FaultPlan;
import io.bulwark.load.fault.Injector;
import io.bulwark.load.history.Admissions;
import io.bulwark.load.history.Availability;
import io.bulwark.load.history.Circuits;
import io.bulwark.load.history.ExactlyOnce;
import io.bulwark.load.history.History;
import io.bulwark.load.node.Wait;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A cluster under load while faults are put into it, judged by all checkers afterwards. The load, all of it open loops
 * through a balancer: guarded calls for many tenants; a strict budget, a strict flow and a soft one that are asked for
 * more than they have; a tenant whose service always fails, so that its circuit stays open; and services that are
 * written and read through every node.
 */
final class Trial {
    /** For those who prepare and read. */
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(8);

    private static final Duration BEFORE = Duration.ofSeconds(Scale.of(3, 10));
    private static final Duration AFTER = Duration.ofSeconds(3);

    private static final int TENANTS = 40;
    private static final int BUDGET = 300;
    private static final int FLOW_CAPACITY = 20;
    private static final int FLOW_PER_SECOND = 5;
    private static final int PROBES = 2;
    private static final Duration OPEN_FOR = Duration.ofSeconds(2);

    private static final String GUARDED =
            "{\"circuit\":" + Stage.CALM_CIRCUIT + ",\"idempotency\":{\"lease\":\"PT5S\",\"waitInFlight\":\"PT6S\"}}";
    private static final String TRIPS = "{\"circuit\":{\"trip\":{\"consecutiveFailures\":3},\"openFor\":\"" + OPEN_FOR
            + "\",\"openForMax\":\"" + OPEN_FOR + "\",\"probes\":" + PROBES + ",\"probeLease\":\"PT10S\"}}";

    private final Cluster cluster;
    private final String name;
    private final long seed;
    private final History history = new History();
    private final History broken = new History();
    private final Balancer balancer;
    private final BulwarkClient admin;
    private final OpenLoad guarded;
    private final OpenLoad refused;
    private final List<AcquireLoad> acquires;
    private final List<BulwarkClient> writers;
    private final VersionLoad versions;
    private Duration warmUp = Duration.ZERO;
    private int faults;

    /**
     * @param name begins the names of all that this trial puts into the cluster, and is used once in its life
     * @param patience after which callers give up; a paused node costs every third call this long
     */
    Trial(Cluster cluster, String name, long seed, Duration patience) {
        this.cluster = cluster;
        this.name = name;
        this.seed = seed;
        this.balancer = cluster.balancer(cluster.token("*", "caller"), patience);
        String operator = cluster.token("*", "operator,viewer");
        this.admin = cluster.client(0, operator, ANSWER_WITHIN);
        List<String> tenants =
                IntStream.range(0, TENANTS).mapToObj(i -> name + "-" + i).toList();
        this.guarded = new OpenLoad(balancer, name + "-payments", history, tenants, seed);
        this.refused = new OpenLoad(balancer, name + "-broken", broken, List.of(name + "-trips"), seed + 1);
        this.acquires = List.of(acquire("budget"), acquire("flow"), acquire("soft"));
        this.writers = IntStream.range(0, cluster.size())
                .mapToObj(i -> cluster.client(i, operator, ANSWER_WITHIN))
                .toList();
        this.versions = new VersionLoad(writers, name + "-written");
        tenants.forEach(tenant -> put("tenants/" + tenant, GUARDED));
    }

    /** Half the rate for so long before the rate itself: nodes that have just been started compile their code for a while. */
    Trial warmUp(Duration time) {
        warmUp = time;
        return this;
    }

    /** Runs the plan under the load, until all is settled. Once. */
    Trial run(FaultPlan plan, int callsPerSecond) {
        System.out.println(name + ": seed " + seed + ", " + plan);
        faults = plan.faults().size();
        try (balancer;
                admin;
                var good = service("payments", new Behaviour.Answer(201), history);
                var bad = service("broken", new Behaviour.Answer(500), broken)) {
            prepare();
            underLoad(plan, callsPerSecond);
            guarded.settle();
            versions.settle();
            System.out.println(name + ": " + history.summary() + ", " + good.arrivals() + " executions, "
                    + bad.arrivals() + " calls through an open circuit, "
                    + versions.versions().acknowledged() + " versions");
        } finally {
            writers.forEach(BulwarkClient::close);
        }
        availability().forEach(seen -> System.out.println(name + ": " + seen.line()));
        return this;
    }

    private void prepare() {
        put("tenants/" + name + "-trips", TRIPS);
        put("tenants/" + name + "-budget", limit(BUDGET, "1,\"per\":\"P366D\"", "strict"));
        put("tenants/" + name + "-flow", limit(FLOW_CAPACITY, FLOW_PER_SECOND + ",\"per\":\"PT1S\"", "strict"));
        put("tenants/" + name + "-soft", limit(FLOW_CAPACITY, FLOW_PER_SECOND + ",\"per\":\"PT1S\"", "soft"));
    }

    private void underLoad(FaultPlan plan, int callsPerSecond) {
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Void>> loads = loads(threads, stop::get, callsPerSecond / 2);
            try {
                Wait.until(System.nanoTime() + warmUp.toNanos());
                loads.add(new Pace(callsPerSecond - callsPerSecond / 2).start(threads, stop::get, guarded::send));
                Wait.until(System.nanoTime() + BEFORE.toNanos());
                new Injector(cluster, history).carryOut(plan);
                Wait.until(System.nanoTime() + AFTER.toNanos());
            } finally {
                stop.set(true);
                loads.forEach(CompletableFuture::join);
            }
        }
    }

    private List<CompletableFuture<Void>> loads(ExecutorService threads, BooleanSupplier stop, int callsPerSecond) {
        List<CompletableFuture<Void>> loads = new ArrayList<>();
        loads.add(new Pace(callsPerSecond).start(threads, stop, guarded::send));
        loads.add(new Pace(15).start(threads, stop, refused::send));
        loads.add(new Pace(12).start(threads, stop, versions::step));
        acquires.forEach(load -> loads.add(new Pace(15).start(threads, stop, number -> load.acquire())));
        return loads;
    }

    /** Sentences of all checkers; empty when every promise was kept. */
    List<String> violations() {
        List<String> all = new ArrayList<>(ExactlyOnce.violations(history, guarded.keys()));
        Admissions.beyondBucket(acquires.get(0).admissions(), BUDGET, 0).ifPresent(s -> all.add("strict budget: " + s));
        Admissions.beyondBucket(acquires.get(1).admissions(), FLOW_CAPACITY, FLOW_PER_SECOND)
                .ifPresent(s -> all.add("strict flow: " + s));
        Admissions.beyondSoftBucket(
                        acquires.get(2).admissions(), FLOW_CAPACITY, FLOW_PER_SECOND, handovers(), handovers())
                .ifPresent(s -> all.add("soft flow: " + s));
        all.addAll(Circuits.beyondProbes(broken, Set.copyOf(refused.keys()), PROBES, OPEN_FOR));
        all.addAll(versions.versions().violations());
        acquires.forEach(load -> all.addAll(load.oddities()));
        return all;
    }

    /** One for each fault, in order. */
    List<Availability> availability() {
        return history.faults().stream()
                .map(fault -> Availability.of(history, fault, OpenLoad::tenantOf))
                .toList();
    }

    /** Fails with the seed and the plan's history when a promise was broken. */
    void assertEveryPromiseKept() {
        Path kept = history.writeTo(Path.of("target/histories/" + name + ".txt"));
        assertThat(violations())
                .as("seed %d: run again with -Dbulwark.seed=%d; kept in %s", seed, seed, kept)
                .isEmpty();
    }

    /** A guard may move at every fault, and home again when the cluster is whole. */
    private int handovers() {
        return 2 * faults * cluster.size();
    }

    private AcquireLoad acquire(String kind) {
        return new AcquireLoad(balancer, name + "-" + kind, "budget", Integer.MAX_VALUE);
    }

    private ExecutionCountingService service(String kind, Behaviour behaviour, History seen) {
        ExecutionCountingService service =
                ExecutionCountingService.start(cluster.ground().harness(), Plan.always(behaviour), seen);
        put("services/" + name + "-" + kind, "{\"targets\":[\"" + service.address() + "\"],\"maxInFlight\":2048}");
        return service;
    }

    private static String limit(int capacity, String refill, String durability) {
        return "{\"limits\":[{\"name\":\"budget\",\"algorithm\":\"token-bucket\",\"capacity\":" + capacity
                + ",\"refill\":" + refill + ",\"durability\":\"" + durability + "\"}]}";
    }

    private void put(String what, String json) {
        Reply reply = admin.put("/v1/" + what, json);
        assertThat(reply.status()).as("%s: %s", what, reply).isIn(200, 201, 204);
    }
}
