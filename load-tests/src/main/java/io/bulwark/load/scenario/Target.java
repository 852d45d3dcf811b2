package io.bulwark.load.scenario;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.cluster.Loopback;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Launch;
import io.bulwark.load.node.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** The Bulwark under load: one that was given, or nodes of its own that end with the run. */
final class Target implements AutoCloseable {
    /** A policy without limits and with a circuit that does not open, whatever happens. */
    static final String CALM = """
            {"circuit":{"trip":{"failureRate":1,"slowRate":1,"slowerThan":"PT1H","consecutiveFailures":100000,\
            "minimumCalls":1000000}}}""";

    private static final String PREFIX = "load-";
    private static final String EVERY_TENANT = "*";
    private static final String ROLES = "caller,viewer,operator";
    private static final int HTTP = 80;

    private final List<URI> addresses;
    private final String token;
    private final OptionalLong process;
    private final Runnable ending;
    private final BulwarkClient admin;

    private Target(List<URI> addresses, String token, OptionalLong process, Runnable ending) {
        this.addresses = List.copyOf(addresses);
        this.token = token;
        this.process = process;
        this.ending = ending;
        this.admin = new BulwarkClient(this.addresses::getFirst, token);
    }

    /** How a node of its own is started: settings by their path, and options of its JVM. */
    record Tuning(Map<String, String> settings, String jvm) {
        /** As it comes. */
        static final Tuning NONE = new Tuning(Map.of(), "");

        Tuning {
            settings = Map.copyOf(settings);
        }
    }

    /** The given one, or a new node that was started so. */
    static Target of(Run run, String name, Tuning tuning) {
        return run.given()
                .map(given -> given(given.url(), given.token()))
                .orElseGet(() -> start("scenario-" + name, tuning));
    }

    /** One that runs already, and goes on when this is closed. */
    static Target given(URI address, String token) {
        return new Target(List.of(address), token, OptionalLong.empty(), () -> {});
    }

    /** The given one, or so many new nodes with their defaults. */
    static Target ofCluster(Run run, String name, int nodes) {
        return run.given()
                .map(given -> given(given.url(), given.token()))
                .orElseGet(() -> startCluster("scenario-" + name, nodes));
    }

    private static Target startCluster(String name, int nodes) {
        Cluster cluster = Cluster.start(name, Loopback.of(nodes));
        List<URI> addresses = IntStream.range(0, nodes)
                .mapToObj(i -> cluster.place(i).service())
                .toList();
        return new Target(addresses, cluster.token(EVERY_TENANT, ROLES), OptionalLong.empty(), cluster::close);
    }

    private static Target start(String name, Tuning tuning) {
        Launch launch = Launch.onFreePorts()
                .with(List.of("--config", settings(name, tuning).toString()))
                .with(Map.of("BULWARK_JAVA_OPTS", tuning.jvm()));
        BulwarkNode node = BulwarkNode.launch(name, launch);
        try {
            return new Target(
                    List.of(node.address()),
                    node.token(EVERY_TENANT, ROLES),
                    OptionalLong.of(node.process().pid()),
                    node::close);
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private static Path settings(String name, Tuning tuning) {
        List<String> lines = new ArrayList<>();
        tuning.settings().forEach((path, value) -> lines.add(path + " = " + value));
        try {
            return Files.write(Scratch.empty(name + "-settings").resolve("bulwark.conf"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException("The settings of " + name + " could not be written", e);
        }
    }

    List<InetSocketAddress> addresses() {
        return addresses.stream().map(Target::socket).toList();
    }

    private static InetSocketAddress socket(URI address) {
        return new InetSocketAddress(address.getHost(), address.getPort() < 0 ? HTTP : address.getPort());
    }

    /** May call, look and change, in every tenant. */
    String token() {
        return token;
    }

    /** The process, when it is one node of its own. */
    OptionalLong process() {
        return process;
    }

    /** The name of a tenant that a run uses, from 0. */
    static String tenant(int number) {
        return PREFIX + number;
    }

    /** Gives so many tenants this policy. */
    void putTenants(int count, String policy) {
        IntStream.range(0, count).forEach(i -> put("tenants/" + tenant(i), policy));
    }

    /** Puts a tenant or a service. @throws IllegalStateException when it is refused, with the answer */
    void put(String what, String json) {
        Reply reply = admin.put("/v1/" + what, json);
        if (reply.status() / 100 != 2) {
            throw new IllegalStateException("PUT /v1/" + what + " was answered " + reply + ": expected 2xx");
        }
    }

    @Override
    public void close() {
        admin.close();
        ending.run();
    }
}
