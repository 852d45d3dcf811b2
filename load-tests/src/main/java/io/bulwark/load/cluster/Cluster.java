package io.bulwark.load.cluster;

import io.bulwark.load.client.Balancer;
import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Launch;
import io.bulwark.load.node.PostgresServer;
import io.bulwark.load.node.Scratch;
import io.bulwark.load.node.Wait;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Several node processes that are one Bulwark, with a database that none of them owns and one token key. The first
 * founds the cluster, the second is told to join it, and the others find it in the database.
 */
public final class Cluster implements AutoCloseable {
    /** The database of the cluster. */
    public static final String DATABASE = "bulwark";
    /** A second database on the same server, for a node that does not belong. */
    public static final String OTHER_DATABASE = "other";
    /** What all its nodes share. */
    public static final String SECRET = "of-the-cluster";

    private static final Duration LOOK_WITHIN = Duration.ofSeconds(5);

    private final String name;
    private final Ground ground;
    private final PostgresServer database;
    private final String javaOptions;
    private final List<BulwarkNode> nodes = new ArrayList<>();
    private final List<BulwarkClient> looks = new ArrayList<>();

    private Cluster(String name, Ground ground, PostgresServer database, String javaOptions) {
        this.name = name;
        this.ground = ground;
        this.database = database;
        this.javaOptions = javaOptions;
    }

    /**
     * Starts a cluster on empty data and waits until each node lists all of them.
     *
     * @param name of the folder under {@code bulwark.scratch}
     * @param ground closed with this
     */
    public static Cluster start(String name, Ground ground) {
        return start(name, ground, List.of());
    }

    /**
     * Starts a cluster whose nodes have other settings.
     *
     * @param javaOptions of each node, such as {@code -Dbulwark.guard.collect-for=200us}
     */
    public static Cluster start(String name, Ground ground, List<String> javaOptions) {
        Scratch.empty(name);
        PostgresServer database = PostgresServer.start(
                name + "/postgres",
                ground.network(),
                ground.harness().getHostAddress(),
                List.of(DATABASE, OTHER_DATABASE));
        Cluster cluster = new Cluster(name, ground, database, String.join(" ", javaOptions));
        try {
            cluster.startAll();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void startAll() {
        writeKey(keyFile());
        launch(0).address();
        String token = nodes.getFirst().token("*", "viewer");
        IntStream.range(1, size()).forEach(i -> launch(i, i == 1 ? joining(Set.of(0)) : new String[0]));
        IntStream.range(0, size()).forEach(i -> looks.add(client(i, token, LOOK_WITHIN)));
        awaitWhole();
    }

    /** How many nodes it has. */
    public int size() {
        return ground.places().size();
    }

    /** One of its nodes, from 0. */
    public BulwarkNode node(int number) {
        return nodes.get(number);
    }

    /** Where that node lives. */
    public Place place(int number) {
        return ground.places().get(number);
    }

    /** What it stands on. */
    public Ground ground() {
        return ground;
    }

    /** A token of the cluster's key. */
    public String token(String tenant, String roles) {
        return nodes.getFirst().token(tenant, roles);
    }

    /**
     * A client of one node.
     *
     * @param answerWithin after which it gives a call up
     */
    public BulwarkClient client(int number, String token, Duration answerWithin) {
        return new BulwarkClient("node-" + (number + 1), place(number)::service, token, answerWithin);
    }

    /**
     * A balancer before all nodes.
     *
     * @param answerWithin after which its callers give a call up
     */
    public Balancer balancer(String token, Duration answerWithin) {
        return new Balancer(IntStream.range(0, size())
                .mapToObj(i -> client(i, token, answerWithin))
                .toList());
    }

    /** How a node of this cluster is started, for one more that shares its database and keys. */
    public Launch launchAt(Place place) {
        return place.launch()
                .with(Map.of(
                        "BULWARK_DATABASE_URL",
                        databaseUrl(DATABASE),
                        "BULWARK_DATABASE_USER",
                        PostgresServer.USER,
                        "BULWARK_DATABASE_PASSWORD",
                        PostgresServer.PASSWORD,
                        "BULWARK_KEY_FILE",
                        keyFile().toString(),
                        "BULWARK_CLUSTER_SECRET",
                        SECRET,
                        "BULWARK_JAVA_OPTS",
                        ("-Xmx384m " + javaOptions).strip()));
    }

    /** The JDBC URL of one of its server's databases. */
    public String databaseUrl(String databaseName) {
        return PostgresServer.url(ground.harness().getHostAddress(), database.port(), databaseName);
    }

    /** Starts a node that has ended; it is told to join the others. Returns at once. */
    public void restart(int number) {
        Set<Integer> others =
                IntStream.range(0, size()).filter(i -> i != number).boxed().collect(Collectors.toSet());
        nodes.get(number).restart(joining(others));
    }

    /** What a node says about the cluster, when it answers. */
    public Optional<ClusterView> view(int number) {
        try {
            Reply reply = looks.get(number).get("/v1/cluster");
            return reply.status() == 200 ? Optional.of(ClusterView.of(reply.json())) : Optional.empty();
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /** Waits until every node is ready and lists all of them as up and reachable. */
    public void awaitWhole() {
        Wait.until(name + " is whole", BulwarkNode.PATIENCE, this::isWhole, this::seen);
    }

    /** Whether every node is ready and lists all of them as up and reachable. */
    public boolean isWhole() {
        Set<String> all = ground.places().stream().map(Place::member).collect(Collectors.toSet());
        return IntStream.range(0, size())
                .allMatch(i ->
                        isReady(i) && view(i).filter(view -> view.isWhole(all)).isPresent());
    }

    private boolean isReady(int number) {
        try {
            return looks.get(number).get("/readyz").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private String seen() {
        return IntStream.range(0, size())
                .mapToObj(i -> "node " + (i + 1) + " (process "
                        + nodes.get(i).process().pid() + ", "
                        + (nodes.get(i).process().isAlive() ? "runs" : "has ended") + ") "
                        + view(i).map(String::valueOf).orElse("does not answer"))
                .collect(Collectors.joining("\n"));
    }

    /** The node that holds the most guards, by what the first of them that answers says. */
    public int busiest() {
        String address = IntStream.range(0, size())
                .mapToObj(this::view)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No node answers"))
                .busiest();
        return IntStream.range(0, size())
                .filter(i -> place(i).member().equals(address))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        looks.forEach(BulwarkClient::close);
        nodes.forEach(node -> node.process().resume());
        nodes.parallelStream().forEach(BulwarkNode::close);
        database.close();
        ground.close();
    }

    private BulwarkNode launch(int number, String... options) {
        BulwarkNode node = BulwarkNode.launch(name + "/node-" + (number + 1), launchAt(place(number)), options);
        nodes.add(node);
        return node;
    }

    /** The options that tell a node whom to join, if there is anybody. */
    private String[] joining(Set<Integer> others) {
        String addresses =
                others.stream().sorted().map(i -> place(i).management()).collect(Collectors.joining(","));
        return addresses.isEmpty() ? new String[0] : new String[] {"--join", addresses};
    }

    private Path keyFile() {
        return Scratch.folder(name).resolve("token-key.pem");
    }

    private static void writeKey(Path file) {
        try {
            Certificates.write(
                    file,
                    "PRIVATE KEY",
                    KeyPairGenerator.getInstance("Ed25519")
                            .generateKeyPair()
                            .getPrivate()
                            .getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK knows no Ed25519", e);
        }
    }
}
