package io.bulwark.load.cluster;

import io.bulwark.load.node.Programs;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One network namespace for each node, joined by a bridge on which this process has an address as well. A cut is made
 * of blackhole routes in the namespaces on both of its sides. Everything that is made here is removed by
 * {@link #close}, and at the latest when this JVM ends.
 */
public final class Namespaces implements Ground {
    private static final int FIRST_HOST = 11;
    private static final int HTTP = 8080;
    private static final int MANAGEMENT = 8558;
    private static final int REMOTE = 25520;
    private static final int TRIES = 20;

    private final int subnet;
    private final List<Place> places;
    private final Deque<Runnable> undo;
    private final Thread lastResort = new Thread(this::undoAll, "remove the network namespaces");
    private Set<Integer> cutOff = Set.of();

    private Namespaces(int subnet, List<Place> places, Deque<Runnable> undo) {
        this.subnet = subnet;
        this.places = places;
        this.undo = undo;
    }

    /** Why this machine cannot make them, or nothing when it can: it takes root and the program {@code ip}. */
    public static Optional<String> whyNot() {
        String name = "bulwark-probe-" + ProcessHandle.current().pid();
        Optional<String> complaint = Programs.complaint("ip", "netns", "add", name);
        if (complaint.isPresent()) {
            return complaint;
        }
        try {
            return Programs.complaint(
                    "ip", "netns", "exec", name, "ip", "route", "add", "blackhole", "10.213.255.0/24");
        } finally {
            Programs.run("ip", "netns", "del", name);
        }
    }

    /**
     * For so many nodes.
     *
     * @param certificates where a certificate for each node's address is kept
     */
    public static Namespaces of(int nodes, Path certificates) {
        Deque<Runnable> undo = new ArrayDeque<>();
        try {
            int subnet = bridge(undo);
            IntStream.range(0, nodes).forEach(i -> namespace(subnet, i, undo));
            Certificates issued = Certificates.issue(
                    certificates,
                    IntStream.range(0, nodes).mapToObj(i -> address(subnet, i)).toList());
            List<Place> places = IntStream.range(0, nodes)
                    .mapToObj(i -> place(subnet, i, issued))
                    .toList();
            Namespaces made = new Namespaces(subnet, places, undo);
            Runtime.getRuntime().addShutdownHook(made.lastResort);
            return made;
        } catch (RuntimeException e) {
            undo.forEach(Runnable::run);
            throw e;
        }
    }

    /** The first subnet of 10.213.0.0/16 for which no bridge is there yet; others may run on this machine as well. */
    private static int bridge(Deque<Runnable> undo) {
        int first = (int) (ProcessHandle.current().pid() % 200);
        for (int subnet = first; subnet < first + TRIES; subnet++) {
            String bridge = bridgeName(subnet);
            if (Programs.complaint("ip", "link", "add", bridge, "type", "bridge")
                    .isEmpty()) {
                undo.push(() -> Programs.complaint("ip", "link", "del", bridge));
                Programs.run("ip", "addr", "add", "10.213." + subnet + ".1/24", "dev", bridge);
                Programs.run("ip", "link", "set", bridge, "up");
                return subnet;
            }
        }
        throw new IllegalStateException("No bridge from " + bridgeName(first) + " to " + bridgeName(first + TRIES - 1)
                + " could be made: are they left from earlier runs?");
    }

    private static void namespace(int subnet, int node, Deque<Runnable> undo) {
        String name = namespaceName(subnet, node);
        String outside = "bwv" + subnet + "-" + node;
        Programs.run("ip", "netns", "add", name);
        undo.push(() -> Programs.complaint("ip", "netns", "del", name));
        Programs.run("ip", "link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name);
        undo.push(() -> Programs.complaint("ip", "link", "del", outside));
        Programs.run("ip", "link", "set", outside, "master", bridgeName(subnet));
        Programs.run("ip", "link", "set", outside, "up");
        Programs.run("ip", "-n", name, "link", "set", "lo", "up");
        Programs.run("ip", "-n", name, "addr", "add", address(subnet, node) + "/24", "dev", "eth0");
        Programs.run("ip", "-n", name, "link", "set", "eth0", "up");
    }

    private static Place place(int subnet, int node, Certificates certificates) {
        String address = address(subnet, node);
        return new Place(
                address,
                address,
                HTTP,
                MANAGEMENT,
                REMOTE,
                List.of("ip", "netns", "exec", namespaceName(subnet, node)),
                certificates.environment(address));
    }

    @Override
    public List<Place> places() {
        return places;
    }

    @Override
    public InetAddress harness() {
        return InetAddress.ofLiteral("10.213." + subnet + ".1");
    }

    @Override
    public String network() {
        return "10.213." + subnet + ".0/24";
    }

    @Override
    public synchronized void cut(Set<Integer> minority) {
        heal();
        cutOff = Set.copyOf(minority);
        routes("add");
    }

    @Override
    public synchronized void heal() {
        routes("del");
        cutOff = Set.of();
    }

    private void routes(String what) {
        IntStream.range(0, places.size())
                .forEach(from -> IntStream.range(0, places.size())
                        .filter(to -> cutOff.contains(from) != cutOff.contains(to))
                        .forEach(to -> Programs.run(
                                "ip",
                                "-n",
                                namespaceName(subnet, from),
                                "route",
                                what,
                                "blackhole",
                                address(subnet, to) + "/32")));
    }

    @Override
    public void slow(int node, Duration delay) {
        throw new IllegalStateException("No links stand between nodes in namespaces: take Loopback");
    }

    @Override
    public void breakConnections(int node) {
        throw new IllegalStateException("No links stand between nodes in namespaces: take Loopback");
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(lastResort);
        undoAll();
    }

    private void undoAll() {
        undo.forEach(Runnable::run);
    }

    private static String bridgeName(int subnet) {
        return "bwbr" + subnet;
    }

    private static String namespaceName(int subnet, int node) {
        return "bulwark-" + subnet + "-" + node;
    }

    private static String address(int subnet, int node) {
        return "10.213." + subnet + "." + (FIRST_HOST + node);
    }

    @Override
    public String toString() {
        return "namespaces on " + network() + Map.of("cut off", cutOff);
    }
}
