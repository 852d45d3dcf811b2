package io.bulwark.load.scenario;

import io.bulwark.load.client.Balancer;
import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.OpenLoad;
import io.bulwark.load.cluster.ScalingCluster;
import io.bulwark.load.drive.Paced;
import io.bulwark.load.drive.Steps;
import io.bulwark.load.drive.Steps.Step;
import io.bulwark.load.history.History;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Scratch;
import io.bulwark.load.node.Wait;
import io.bulwark.load.result.Result;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Guarded calls through a balancer before one node, which this starts itself, and those that this node starts: as many as
 * one node is to have, then as many as three, then as many as one again.
 *
 * @param lasting of the load, at least; it goes on until one node is left, or {@link #LONGER} is over
 * @param callsPerNode what a node is to have in a second, by the policy
 * @param tenants that are called by chance
 * @param evaluateEvery how often the node decides how many there are to be
 * @param seed of who calls
 */
public record Autoscale(Duration lasting, int callsPerNode, int tenants, Duration evaluateEvery, long seed)
        implements Scenario {
    static final String NAME = "autoscale";
    static final int NODES = 3;
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration LASTING_MIN = Duration.ofSeconds(60);
    private static final Duration LONGER = Duration.ofMinutes(2);
    private static final Duration SAMPLE_EVERY = Duration.ofSeconds(1);
    private static final int IN_FLIGHT_MAX = 2_000;
    private static final double OF_ONE = 0.8;
    private static final double OF_THREE = 2.7;
    private static final String CALM =
            "{\"circuit\":{\"trip\":{\"failureRate\":1,\"slowRate\":1,\"slowerThan\":\"PT1H\","
                    + "\"consecutiveFailures\":100000,\"minimumCalls\":1000000}}}";

    /** 4 minutes, 100 calls a second for each node, 40 tenants, a decision every 5 s. */
    public static Autoscale standard() {
        return new Autoscale(Duration.ofMinutes(4), 100, 40, Duration.ofSeconds(5), 1);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "A load that takes one node, then three, then one: nodes start and leave by themselves";
    }

    @Override
    public Options options() {
        return Options.none()
                .and(Option.DURATION, lasting.toString())
                .and(Option.RATE, Integer.toString(callsPerNode))
                .and(Option.TENANTS, Integer.toString(tenants))
                .and(Option.SEED, Long.toString(seed));
    }

    /** What a run with these options does. @throws IllegalArgumentException when it is too short to see anything */
    private Autoscale with(Options options) {
        Duration time = options.time(Option.DURATION);
        if (time.compareTo(LASTING_MIN) < 0) {
            throw new IllegalArgumentException("In " + time
                    + " there is no time for nodes to start and to leave: expected at least " + LASTING_MIN);
        }
        return new Autoscale(
                time,
                options.positive(Option.RATE),
                options.positive(Option.TENANTS),
                evaluateEvery,
                options.whole(Option.SEED));
    }

    @Override
    public Result run(Run run) {
        if (run.given().isPresent()) {
            throw new IllegalStateException(
                    NAME + " needs a node that may start others, so it starts its own: expected no --url");
        }
        return with(run.options()).measure(run);
    }

    /** A sixth of the time for one node's load, the rest in halves. */
    Steps steps() {
        Duration before = lasting.dividedBy(6);
        Duration half = lasting.minus(before).dividedBy(2);
        int low = (int) Math.max(1, Math.round(OF_ONE * callsPerNode));
        int high = (int) Math.max(1, Math.round(OF_THREE * callsPerNode));
        return new Steps(List.of(new Step(low, before), new Step(high, half), new Step(low, half)));
    }

    /** How many nodes the load of that time takes. */
    int needed(Duration time) {
        return Math.ceilDiv(steps().perSecondAt(time), callsPerNode);
    }

    /** Of the one who scales. */
    String policy() {
        return "{\"minimum\":1,\"maximum\":" + NODES
                + ",\"targets\":[{\"metric\":\"callsPerSecond\",\"average\":" + callsPerNode
                + "}],\"scaleDown\":{\"stabilization\":\"PT10S\",\"policies\":[{\"type\":\"nodes\",\"value\":1,"
                + "\"per\":\"PT10S\"}]}}";
    }

    private Result measure(Run run) {
        AutoscaleReport report = new AutoscaleReport(this, run);
        try (ScalingCluster cluster = ScalingCluster.start(NAME, NODES, evaluateEvery)) {
            return report.of(underLoad(cluster, run));
        }
    }

    private AutoscaleReport.Seen underLoad(ScalingCluster cluster, Run run) {
        History history = new History();
        List<String> names =
                IntStream.range(0, tenants).mapToObj(i -> "tenant-" + i).toList();
        try (Balancer balancer = cluster.balancer(PATIENCE);
                ExecutionCountingService service =
                        ExecutionCountingService.start(Plan.always(new Behaviour.Answer(201)), history)) {
            prepare(cluster, names, service);
            OpenLoad load = new OpenLoad(balancer, "payments", history, names, seed);
            AutoscaleReport.Seen seen = watched(cluster, run, history, load);
            history.writeTo(Scratch.folder(NAME).resolve("history.txt"));
            return seen;
        }
    }

    private AutoscaleReport.Seen watched(ScalingCluster cluster, Run run, History history, OpenLoad load) {
        Instant began = run.clock().instant();
        ScalingWatch watch = new ScalingWatch(this, cluster, System.nanoTime());
        Sampler sampler = new Sampler(watch.beginNanos(), SAMPLE_EVERY, watch);
        Paced.Outcome outcome;
        try (sampler) {
            outcome = new Paced(steps(), IN_FLIGHT_MAX)
                    .run(
                            () -> isOver(watch),
                            number -> Uptime.isRight(load.send((int) number).meaning()),
                            run.live());
        }
        String wrong = UptimeReport.endings(history);
        int left = cluster.started().left(PATIENCE);
        load.settle();
        return new AutoscaleReport.Seen(
                outcome,
                sampler.with(outcome.seconds()),
                history,
                load.keys(),
                watch.course(),
                cluster.decisions(),
                began,
                left,
                troubles(wrong, watch, sampler));
    }

    private static List<String> troubles(String wrong, ScalingWatch watch, Sampler sampler) {
        return Stream.concat(
                        Stream.of("How the failed calls ended: " + wrong + ".", sampler.trouble()),
                        watch.troubles().stream())
                .filter(trouble -> !trouble.isEmpty())
                .toList();
    }

    private boolean isOver(ScalingWatch watch) {
        Duration time = watch.time();
        return time.compareTo(lasting) > 0 && (watch.isBackToOne() || time.compareTo(lasting.plus(LONGER)) > 0);
    }

    /** The policy first: the default one has a second node started. */
    private void prepare(ScalingCluster cluster, List<String> names, ExecutionCountingService service) {
        try (BulwarkClient operator = cluster.operator()) {
            Preparation.put(operator, "scaling/policy", policy());
            names.forEach(name -> Preparation.put(operator, "tenants/" + name, CALM));
            Preparation.put(
                    operator,
                    "services/payments",
                    "{\"targets\":[\"" + service.address() + "\"],\"maxInFlight\":" + IN_FLIGHT_MAX + "}");
        }
        Wait.until(
                "one node is to be and is",
                BulwarkNode.PATIENCE,
                () -> cluster.scaling().desired() == 1
                        && cluster.members().members().size() == 1,
                () -> cluster.scaling() + " " + cluster.members());
    }
}
