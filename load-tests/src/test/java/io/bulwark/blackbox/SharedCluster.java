package io.bulwark.blackbox;

import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.cluster.Loopback;
import io.bulwark.load.node.Ports;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives one cluster of three nodes on loopback to all tests that leave it whole; each brings tenants and services of
 * its own. A cluster that a test did not leave whole is ended, and the next test gets another.
 */
final class SharedCluster implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(SharedCluster.class);
    private static final int NODES = 3;

    /** In the environment of each node's place. */
    static final String KEDA_PORT = "BULWARK_KEDA_PORT";

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Cluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(Kept.class, type -> new Kept(), Kept.class)
                .whole();
    }

    private static Map<String, String> kedaIsAnswered() {
        return Map.of("BULWARK_KEDA_ENABLED", "true", KEDA_PORT, Integer.toString(Ports.free()));
    }

    private static boolean getsWhole(Cluster cluster) {
        try {
            cluster.awaitWhole();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Closed by JUnit after the last test. */
    private static final class Kept implements AutoCloseable {
        private Optional<Cluster> current = Optional.empty();
        private int started;

        synchronized Cluster whole() {
            if (current.filter(SharedCluster::getsWhole).isEmpty()) {
                close();
                started++;
                current = Optional.of(Cluster.start(
                        "cluster-" + started,
                        Loopback.of(NODES, _ -> kedaIsAnswered()),
                        List.of("-Dbulwark.scaling.evaluate-every=2s")));
            }
            return current.orElseThrow();
        }

        @Override
        public synchronized void close() {
            current.ifPresent(Cluster::close);
            current = Optional.empty();
        }
    }
}
