package io.bulwark.load.cluster;

import io.bulwark.load.node.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Loopback, where every machine can run a cluster. A node advertises 127.0.0.1 and listens for others on 127.0.0.2; a
 * link of this process stands between the two.
 */
public final class Loopback implements Ground {
    private static final String ADVERTISED = "127.0.0.1";
    private static final String BEHIND = "127.0.0.2";

    private final List<Place> places;
    private final List<Link> links;

    private Loopback(List<Place> places, List<Link> links) {
        this.places = places;
        this.links = links;
    }

    /** For so many nodes. */
    public static Loopback of(int nodes) {
        return of(nodes, _ -> Map.of());
    }

    /** @param environment of each of them, from 0 */
    public static Loopback of(int nodes, IntFunction<Map<String, String>> environment) {
        List<Place> places = IntStream.range(0, nodes)
                .mapToObj(i -> place(environment.apply(i)))
                .toList();
        return new Loopback(places, places.stream().map(Loopback::link).toList());
    }

    private static Place place(Map<String, String> environment) {
        return new Place(ADVERTISED, BEHIND, Ports.free(), Ports.free(), Ports.free(), List.of(), environment);
    }

    private static Link link(Place place) {
        return Link.open(
                new InetSocketAddress(InetAddress.ofLiteral(ADVERTISED), place.remotePort()),
                new InetSocketAddress(InetAddress.ofLiteral(BEHIND), place.remotePort()));
    }

    @Override
    public List<Place> places() {
        return places;
    }

    @Override
    public InetAddress harness() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public String network() {
        return "127.0.0.0/8";
    }

    @Override
    public void cut(Set<Integer> minority) {
        throw new IllegalStateException(
                "Nodes on loopback cannot be cut from each other and keep the rest: take Namespaces");
    }

    @Override
    public void heal() {}

    @Override
    public void slow(int node, Duration delay) {
        links.get(node).delay(delay);
    }

    @Override
    public void breakConnections(int node) {
        links.get(node).breakConnections();
    }

    @Override
    public void close() {
        links.forEach(Link::close);
    }
}
