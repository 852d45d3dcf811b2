package io.bulwark.node.config;

import java.time.Duration;

/**
 * What carries the decisions of the scaling coordinator out.
 *
 * @param evaluateEvery 1 s to 5 min
 */
public record ScalingConfig(Target target, Duration evaluateEvery, Processes processes, Kubernetes kubernetes) {
    private static final String PATH = "bulwark.scaling.";
    private static final int PORT_MAX = 65_535;

    /** What may do so. */
    public enum Target {
        /** Nobody: decisions are recorded. */
        RECORD,
        /** Node processes on this machine. */
        PROCESSES,
        /** The workload on Kubernetes whose pods the nodes are. */
        KUBERNETES
    }

    /** What makes the pods. */
    public enum Workload {
        DEPLOYMENT,
        STATEFUL_SET
    }

    /**
     * Which workload it is.
     *
     * @param namespace empty: that of this pod
     * @param answerWithin how long the API server may take, 50 ms to 1 min
     */
    public record Kubernetes(String namespace, Workload kind, String name, Duration answerWithin) {}

    /**
     * Where started processes listen: that in slot n on the first port and n.
     *
     * @param nodesMax how many may be started, 1 to 50
     * @param patience how long one may take to be a member, 5 s to 10 min
     */
    public record Processes(int httpFrom, int managementFrom, int remoteFrom, int nodesMax, Duration patience) {}

    static ScalingConfig of(Settings settings) {
        int nodesMax = settings.number(PATH + "processes.nodes-max", 1, 50);
        return new ScalingConfig(
                settings.choice(PATH + "target", Target.class),
                settings.duration(PATH + "evaluate-every", Duration.ofSeconds(1), Duration.ofMinutes(5)),
                new Processes(
                        settings.number(PATH + "processes.http-from", 1, PORT_MAX - nodesMax),
                        settings.number(PATH + "processes.management-from", 1, PORT_MAX - nodesMax),
                        settings.number(PATH + "processes.remote-from", 1, PORT_MAX - nodesMax),
                        nodesMax,
                        settings.duration(PATH + "processes.patience", Duration.ofSeconds(5), Duration.ofMinutes(10))),
                new Kubernetes(
                        settings.text(PATH + "kubernetes.namespace"),
                        settings.choice(PATH + "kubernetes.kind", Workload.class),
                        settings.text(PATH + "kubernetes.name"),
                        settings.duration(
                                PATH + "kubernetes.answer-within", Duration.ofMillis(50), Duration.ofMinutes(1))));
    }
}
