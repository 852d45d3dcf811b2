package io.bulwark.load.scenario;

import io.bulwark.load.client.Balancer;
import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.OpenLoad;
import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.cluster.Ground;
import io.bulwark.load.cluster.Loopback;
import io.bulwark.load.cluster.Namespaces;
import io.bulwark.load.drive.Paced;
import io.bulwark.load.fault.Fault.Kind;
import io.bulwark.load.fault.FaultPlan;
import io.bulwark.load.fault.Injector;
import io.bulwark.load.fault.Timetable;
import io.bulwark.load.history.Ending.Meaning;
import io.bulwark.load.history.History;
import io.bulwark.load.node.Scratch;
import io.bulwark.load.result.Result;
import io.bulwark.load.result.Second;
import io.bulwark.load.result.Surroundings;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Guarded calls for many tenants at an even pace, through a balancer, while the nodes of a cluster that this starts
 * itself are killed, paused and, where this machine can, cut off from each other.
 *
 * @param lasting of the load, at least; it goes on until the cluster has got over the last fault
 * @param distance between the beginnings of two faults
 * @param callsPerSecond over all tenants
 * @param tenants that are called by chance
 * @param patience after which a caller gives up
 * @param seed of the faults and of who calls
 */
public record Uptime(Duration lasting, Duration distance, int callsPerSecond, int tenants, Duration patience, long seed)
        implements Scenario {
    static final String NAME = "uptime";

    static final String SUBJECT = "guarded";
    static final int NODES = 3;

    /** Three JVMs on two cores have compiled most of a call by then. */
    static final Duration WARM_UP = Duration.ofSeconds(60);

    /** As many that each node has guards of some of them. */
    private static final List<String> WARM_TENANTS =
            IntStream.range(0, 12).mapToObj(i -> "warm-up-" + i).toList();

    private static final int IN_FLIGHT_MAX = 2_000;
    private static final String POLICY =
            "{\"circuit\":{\"trip\":{\"failureRate\":1,\"slowRate\":1,\"slowerThan\":\"PT1H\","
                    + "\"consecutiveFailures\":100000,\"minimumCalls\":1000000}},"
                    + "\"idempotency\":{\"lease\":\"PT5S\",\"waitInFlight\":\"PT6S\"}}";

    /**
     * 5 minutes, a fault every 30 s, 100 calls a second for 40 tenants, callers that wait 8 s. At 200 the three cold nodes,
     * client and database of a machine with two cores are busy with the load alone for the first 90 s.
     */
    public static Uptime standard() {
        return new Uptime(Duration.ofMinutes(5), Duration.ofSeconds(30), 100, 40, Duration.ofSeconds(8), 1);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "Guarded calls while nodes are killed, paused and cut off";
    }

    @Override
    public Options options() {
        return Options.none()
                .and(Option.DURATION, lasting.toString())
                .and(Option.RATE, Integer.toString(callsPerSecond))
                .and(Option.TENANTS, Integer.toString(tenants))
                .and(Option.SEED, Long.toString(seed));
    }

    @Override
    public Result run(Run run) {
        if (run.given().isPresent()) {
            throw new IllegalStateException(NAME + " kills nodes, so it starts its own: expected no --url");
        }
        Options options = run.options();
        return new Uptime(
                        options.time(Option.DURATION),
                        distance,
                        options.positive(Option.RATE),
                        options.positive(Option.TENANTS),
                        patience,
                        options.whole(Option.SEED))
                .measure(run.clock(), run.checkout(), run.live());
    }

    /**
     * Starts the cluster, runs, and ends everything that it started.
     *
     * @param clock says when the run began
     * @param checkout whose commit is noted
     * @param live gets each second of the load
     */
    Result measure(InstantSource clock, Path checkout, Consumer<Second> live) {
        Optional<String> whyNoCut = Namespaces.whyNot();
        FaultPlan plan = Timetable.of(
                seed,
                NODES,
                lasting,
                distance,
                whyNoCut.isEmpty() ? List.of(Kind.KILL, Kind.PAUSE, Kind.PARTITION) : List.of(Kind.KILL, Kind.PAUSE));
        Instant started = clock.instant();
        UptimeReport report =
                new UptimeReport(this, plan, whyNoCut, Surroundings.machine(), Surroundings.commit(checkout));
        Ground ground =
                whyNoCut.isEmpty() ? Namespaces.of(NODES, Scratch.empty(NAME + "-certificates")) : Loopback.of(NODES);
        try (Cluster cluster = Cluster.start(NAME, ground)) {
            UptimeReport.Seen seen = underFaults(cluster, plan, live);
            return report.of(seen, started, Duration.between(started, clock.instant()));
        }
    }

    private UptimeReport.Seen underFaults(Cluster cluster, FaultPlan plan, Consumer<Second> live) {
        History history = new History();
        List<String> names =
                IntStream.range(0, tenants).mapToObj(i -> "tenant-" + i).toList();
        try (Balancer balancer = cluster.balancer(cluster.token("*", "caller"), patience);
                ExecutionCountingService service = ExecutionCountingService.start(
                        cluster.ground().harness(), Plan.always(new Behaviour.Answer(201)), history)) {
            prepare(cluster, names, service);
            warmUp(balancer);
            OpenLoad load = new OpenLoad(balancer, "payments", history, names, seed);
            long begin = System.nanoTime();
            Paced.Outcome outcome = paced(cluster, plan, history, load, live);
            load.settle();
            history.writeTo(Scratch.folder(NAME).resolve("history.txt"));
            return new UptimeReport.Seen(outcome, history, load.keys(), begin);
        }
    }

    /** The same load for tenants of its own, before what counts. */
    private void warmUp(Balancer balancer) {
        OpenLoad load = new OpenLoad(balancer, "payments", new History(), WARM_TENANTS, seed);
        long end = System.nanoTime() + WARM_UP.toNanos();
        new Paced(callsPerSecond, IN_FLIGHT_MAX)
                .run(
                        () -> System.nanoTime() - end > 0,
                        number -> isRight(load.send((int) number).meaning()),
                        second -> {});
    }

    private void prepare(Cluster cluster, List<String> names, ExecutionCountingService service) {
        try (BulwarkClient operator = cluster.client(0, cluster.token("*", "operator,viewer"), patience)) {
            Stream.concat(names.stream(), WARM_TENANTS.stream())
                    .forEach(name -> Preparation.put(operator, "tenants/" + name, POLICY));
            Preparation.put(
                    operator,
                    "services/payments",
                    "{\"targets\":[\"" + service.address() + "\"],\"maxInFlight\":" + IN_FLIGHT_MAX + "}");
        }
    }

    /** The load until the time is up and the plan carried out; a fault that cannot be got over ends it with its reason. */
    private Paced.Outcome paced(
            Cluster cluster, FaultPlan plan, History history, OpenLoad load, Consumer<Second> live) {
        long end = System.nanoTime() + lasting.toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Void> faults =
                    CompletableFuture.runAsync(() -> new Injector(cluster, history).carryOut(plan), threads);
            Paced.Outcome outcome = new Paced(callsPerSecond, IN_FLIGHT_MAX)
                    .run(
                            () -> faults.isCompletedExceptionally() || (faults.isDone() && System.nanoTime() - end > 0),
                            number -> isRight(load.send((int) number).meaning()),
                            live);
            faults.join();
            return outcome;
        }
    }

    /** The operation's recorded answer; the service of this run refuses nothing. */
    static boolean isRight(Meaning meaning) {
        return switch (meaning) {
            case RECORDED -> true;
            case RELEASED, UNKNOWN, IN_FLIGHT, NOT_DONE, LOST, UNDOCUMENTED -> false;
        };
    }
}
