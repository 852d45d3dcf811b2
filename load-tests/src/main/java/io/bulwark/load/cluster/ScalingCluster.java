package io.bulwark.load.cluster;

import io.bulwark.load.client.Balancer;
import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Launch;
import io.bulwark.load.node.Ports;
import io.bulwark.load.node.PostgresServer;
import io.bulwark.load.node.Scratch;
import io.bulwark.load.node.StartedNodes;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Nodes on loopback that start others as they see fit and let them leave again, with a database that none of them owns.
 * {@link #close} ends all of them.
 */
public final class ScalingCluster implements AutoCloseable {
    private static final String DATABASE = "bulwark";
    private static final Duration LOOK_WITHIN = Duration.ofSeconds(5);

    private final PostgresServer database;
    private final String name;
    private final Launch launch;
    private final BulwarkNode first;
    private final List<BulwarkNode> joined = new ArrayList<>();
    private final StartedNodes started;
    private final int servicesFrom;
    private final int slots;
    private final String token;
    private final List<BulwarkClient> looks;

    private ScalingCluster(
            String name,
            Launch launch,
            PostgresServer database,
            BulwarkNode first,
            StartedNodes started,
            int from,
            int slots) {
        this.name = name;
        this.launch = launch;
        this.database = database;
        this.first = first;
        this.started = started;
        this.servicesFrom = from;
        this.slots = slots;
        this.token = first.token("*", "caller,viewer,operator");
        this.looks = clients(LOOK_WITHIN);
    }

    /**
     * Starts the first node on empty data, and waits until it serves.
     *
     * @param name of the folder under {@code bulwark.scratch}
     * @param slots how many nodes it may start
     * @param evaluateEvery how often it decides
     */
    public static ScalingCluster start(String name, int slots, Duration evaluateEvery) {
        return start(name, slots, evaluateEvery, Duration.ofMinutes(1));
    }

    /** @param patience how long a started node may take to be a member before another one is started in its place */
    public static ScalingCluster start(String name, int slots, Duration evaluateEvery, Duration patience) {
        Scratch.empty(name);
        int from = Ports.free(3 * slots);
        String word = name + " " + ProcessHandle.current().pid() + " " + from;
        PostgresServer database =
                PostgresServer.start(name + "/postgres", "127.0.0.0/8", "127.0.0.1", List.of(DATABASE));
        Launch launch = StartedNodes.marked(launch(database, from, slots, evaluateEvery, patience), word);
        try {
            BulwarkNode first = BulwarkNode.launch(name + "/node", launch);
            StartedNodes started = new StartedNodes(word, first.process().pid());
            try {
                first.address();
                return new ScalingCluster(name, launch, database, first, started, from, slots);
            } catch (RuntimeException e) {
                first.close();
                started.close();
                throw e;
            }
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static Launch launch(
            PostgresServer database, int from, int slots, Duration evaluateEvery, Duration patience) {
        String options = String.join(
                " ",
                "-Xmx384m",
                "-Dbulwark.scaling.processes.http-from=" + from,
                "-Dbulwark.scaling.processes.management-from=" + (from + slots),
                "-Dbulwark.scaling.processes.remote-from=" + (from + 2 * slots),
                "-Dbulwark.scaling.processes.patience=" + patience.toMillis() + "ms",
                "-Dbulwark.scaling.processes.nodes-max=" + slots);
        return Launch.onFreePorts()
                .with(Map.of(
                        "BULWARK_DATABASE_URL",
                        PostgresServer.url("127.0.0.1", database.port(), DATABASE),
                        "BULWARK_DATABASE_USER",
                        PostgresServer.USER,
                        "BULWARK_DATABASE_PASSWORD",
                        PostgresServer.PASSWORD,
                        "BULWARK_SCALING_TARGET",
                        "processes",
                        "BULWARK_SCALING_EVALUATE_EVERY",
                        evaluateEvery.toMillis() + "ms",
                        "BULWARK_JAVA_OPTS",
                        options));
    }

    /** The node that was there before all others. */
    public BulwarkNode first() {
        return first;
    }

    /** One more that no node started, and that may start others like the first; waits until it serves. */
    public BulwarkNode join() {
        String key = first.dataDirectory().resolve("token-key.pem").toString();
        BulwarkNode node = BulwarkNode.launch(
                name + "/joined-" + (joined.size() + 1), launch.with(Map.of("BULWARK_KEY_FILE", key)));
        joined.add(node);
        started.exclude(node.process().pid());
        node.address();
        return node;
    }

    /** A client of a node, which may change everything that a run needs. */
    public BulwarkClient operator(BulwarkNode node) {
        return new BulwarkClient(node::address, token);
    }

    /** A client of the first node, which may change everything that a run needs. */
    public BulwarkClient operator() {
        return operator(first);
    }

    /**
     * A balancer before the first node and all that it may start; it takes in those that say that they are ready.
     *
     * @param answerWithin after which its callers give a call up
     */
    public Balancer balancer(Duration answerWithin) {
        return Balancer.ofThoseReady(clients(answerWithin));
    }

    /** What the first node says about scaling. @throws UncheckedIOException when it gives no answer */
    public ScalingView scaling() {
        return ScalingView.of(told("/v1/scaling").json());
    }

    /** The last hundred decisions, the first of them first. */
    public List<ScalingView.Decision> decisions() {
        return ScalingView.decisions(told("/v1/scaling/decisions?limit=100").json());
    }

    /** What the first node says about the cluster. @throws UncheckedIOException when it gives no answer */
    public ClusterView members() {
        return ClusterView.of(told("/v1/cluster").json());
    }

    private Reply told(String path) {
        Reply reply = looks.getFirst().get(path);
        if (reply.status() != 200) {
            throw new IllegalStateException("GET " + path + " was answered " + reply + ": expected 200");
        }
        return reply;
    }

    /** How many nodes say that they are ready. */
    public int ready() {
        return (int) looks.stream().filter(ScalingCluster::isReady).count();
    }

    private static boolean isReady(BulwarkClient node) {
        try {
            return node.get("/readyz").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** The processes that nodes started. */
    public StartedNodes started() {
        return started;
    }

    private List<BulwarkClient> clients(Duration answerWithin) {
        URI own = first.address();
        Stream<URI> others =
                IntStream.range(0, slots).mapToObj(slot -> URI.create("http://127.0.0.1:" + (servicesFrom + slot)));
        return Stream.concat(Stream.of(own), others)
                .map(address -> new BulwarkClient(address.toString(), () -> address, token, answerWithin))
                .toList();
    }

    /** Those first that start others, so that they start no more of them. */
    @Override
    public void close() {
        looks.forEach(BulwarkClient::close);
        first.close();
        joined.forEach(BulwarkNode::close);
        started.close();
        database.close();
    }
}
