package io.bulwark.node.config;

import java.time.Duration;

/**
 * What carries the decisions of the scaling coordinator out.
 *
 * @param evaluateEvery 1 s to 5 min
 */
public record ScalingConfig(Target target, Duration evaluateEvery, Processes processes) {
    private static final String PATH = "bulwark.scaling.";
    private static final int PORT_MAX = 65_535;

    /** What may do so. */
    public enum Target {
        /** Nobody: decisions are recorded. */
        RECORD,
        /** Node processes on this machine. */
        PROCESSES
    }

    /**
     * Where started processes listen: that in slot n on the first port and n.
     *
     * @param nodesMax how many may be started, 1 to 50
     */
    public record Processes(int httpFrom, int managementFrom, int remoteFrom, int nodesMax) {}

    static ScalingConfig of(Settings settings) {
        int nodesMax = settings.number(PATH + "processes.nodes-max", 1, 50);
        return new ScalingConfig(
                settings.choice(PATH + "target", Target.class),
                settings.duration(PATH + "evaluate-every", Duration.ofSeconds(1), Duration.ofMinutes(5)),
                new Processes(
                        settings.number(PATH + "processes.http-from", 1, PORT_MAX - nodesMax),
                        settings.number(PATH + "processes.management-from", 1, PORT_MAX - nodesMax),
                        settings.number(PATH + "processes.remote-from", 1, PORT_MAX - nodesMax),
                        nodesMax));
    }
}
