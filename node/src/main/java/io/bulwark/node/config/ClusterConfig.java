package io.bulwark.node.config;

import io.bulwark.cluster.MemberAddress;
import java.time.Duration;
import java.util.List;

/**
 * How a node finds the others and what becomes of a split.
 *
 * @param name nodes of different names never form one cluster
 * @param secret nodes of different secrets neither; may be empty
 * @param join addresses of the Management of members; not empty: this node never founds a cluster
 * @param joinWithin how long a node tries to become a member before it gives up; 1 s to 1 h
 * @param requiredContactPoints how many nodes must be seen on Kubernetes before one founds a cluster; 1 to 50
 * @param deadAfter how long nothing is heard of a member before it is unreachable; 500 ms to 1 min
 * @param stableAfter how long the view must not change before unreachable members are taken down; 500 ms to 5 min
 */
public record ClusterConfig(
        String name,
        String secret,
        List<MemberAddress> join,
        Duration joinWithin,
        Discovery discovery,
        int requiredContactPoints,
        Kubernetes kubernetes,
        Downing downing,
        Duration deadAfter,
        Duration stableAfter) {
    private static final String PATH = "bulwark.cluster.";

    /** Where a node looks for the others. */
    public enum Discovery {
        /** In the database that all nodes work on. */
        DATABASE,
        /** Among the pods that Kubernetes names. */
        KUBERNETES_API
    }

    /** Which side of a split goes on. */
    public enum Downing {
        /** The larger one; of two equal ones that with the lowest address. */
        KEEP_MAJORITY,
        /** The one that takes a lease in the database, the larger one first. */
        LEASE_MAJORITY
    }

    /**
     * Where the pods are.
     *
     * @param namespace empty: that of this pod
     */
    public record Kubernetes(String namespace, String labelSelector, String portName) {}

    static ClusterConfig of(Settings settings) {
        return new ClusterConfig(
                name(settings),
                settings.text(PATH + "secret"),
                join(settings),
                settings.duration(PATH + "join-within", Duration.ofSeconds(1), Duration.ofHours(1)),
                settings.choice(PATH + "discovery", Discovery.class),
                settings.number(PATH + "required-contact-points", 1, 50),
                new Kubernetes(
                        settings.text(PATH + "kubernetes.namespace"),
                        settings.text(PATH + "kubernetes.label-selector"),
                        settings.text(PATH + "kubernetes.port-name")),
                settings.choice(PATH + "downing", Downing.class),
                settings.duration(PATH + "dead-after", Duration.ofMillis(500), Duration.ofMinutes(1)),
                settings.duration(PATH + "stable-after", Duration.ofMillis(500), Duration.ofMinutes(5)));
    }

    private static String name(Settings settings) {
        String name = settings.text(PATH + "name");
        if (!io.bulwark.grammar.Name.isValid(name)) {
            throw settings.refused(PATH + "name", "a name such as bulwark: small letters, digits, '.', '_' and '-'");
        }
        return name;
    }

    private static List<MemberAddress> join(Settings settings) {
        String path = PATH + "join";
        try {
            return settings.texts(path).stream().map(MemberAddress::parse).toList();
        } catch (IllegalArgumentException e) {
            throw settings.refused(path, "addresses of the Management of members: " + e.getMessage());
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "ClusterConfig[" + name + ", " + discovery + ", " + downing + "]";
    }
}
