package io.bulwark.load.comparison;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.cluster.Loopback;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Launch;
import io.bulwark.load.node.Ports;
import io.bulwark.load.node.PostgresServer;
import io.bulwark.load.rival.Peer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Bulwark as a subject: one node or several, with a token for callers. */
final class Bulwarks implements Peer {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

    private final AutoCloseable processes;
    private final Supplier<List<URI>> nodes;
    private final BulwarkClient admin;
    private final String token;

    private Bulwarks(AutoCloseable processes, Supplier<List<URI>> nodes, String adminToken, String token) {
        this.processes = processes;
        this.nodes = nodes;
        this.admin = new BulwarkClient("", () -> nodes.get().getFirst(), adminToken, ANSWER_WITHIN);
        this.token = token;
    }

    /** A node of its own, with the database that it brings. */
    static Bulwarks of(BulwarkNode node) {
        return new Bulwarks(node, () -> List.of(node.address()), node.adminToken(), node.token("*", "caller,viewer"));
    }

    /** Several nodes. */
    static Bulwarks of(Cluster cluster) {
        List<URI> all = IntStream.range(0, cluster.size())
                .mapToObj(i -> cluster.place(i).service())
                .toList();
        return new Bulwarks(
                cluster, () -> all, cluster.token("*", "operator,viewer"), cluster.token("*", "caller,viewer"));
    }

    /** Starts a cluster on loopback. */
    static Cluster cluster(String name, int nodes, String... javaOptions) {
        return Cluster.start(name, Loopback.of(nodes), List.of(javaOptions));
    }

    /** Starts a node on a database of its own, with a port that it has in all its lives. */
    static BulwarkNode nodeOn(String name, PostgresServer database) {
        Launch launch = Launch.onFreePorts()
                .with(Map.of(
                        "BULWARK_HTTP_PORT",
                        Integer.toString(Ports.free()),
                        "BULWARK_DATABASE_URL",
                        PostgresServer.url("127.0.0.1", database.port(), Cluster.DATABASE),
                        "BULWARK_DATABASE_USER",
                        PostgresServer.USER,
                        "BULWARK_DATABASE_PASSWORD",
                        PostgresServer.PASSWORD));
        return BulwarkNode.launch(name, launch);
    }

    /** May call and look, in every tenant. */
    String token() {
        return token;
    }

    /** The first of its nodes. */
    URI address() {
        return nodes.get().getFirst();
    }

    /** Puts a tenant or a service. */
    void put(String what, String json) {
        Reply reply = admin.put("/v1/" + what, json);
        if (reply.status() / 100 != 2) {
            throw new IllegalStateException(what + " could not be put: " + reply);
        }
    }

    /** Gives all tenants of {@link Requests} a policy. */
    void putTenants(String policy) {
        IntStream.range(0, Requests.TENANTS).forEach(i -> put("tenants/" + Requests.tenant(i), policy));
    }

    @Override
    public List<InetSocketAddress> addresses() {
        List<InetSocketAddress> all = new ArrayList<>();
        nodes.get().forEach(uri -> all.add(new InetSocketAddress(uri.getHost(), uri.getPort())));
        return all;
    }

    @Override
    public void close() {
        admin.close();
        try {
            processes.close();
        } catch (Exception e) {
            throw new IllegalStateException("Bulwark could not be ended", e);
        }
    }
}
