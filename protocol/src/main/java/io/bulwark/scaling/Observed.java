package io.bulwark.scaling;

import io.bulwark.cluster.MemberAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the coordinator knows at an evaluation.
 *
 * @param size that the target is set to, 1 or more; those of its nodes that are not members yet are starting
 * @param nodes the members that stay: those that leave do not count
 * @param custom what clients reported, by the name of the metric
 */
public record Observed(int size, List<Node> nodes, Map<String, Custom> custom) {
    /** After how many seconds without another a load report counts as missing: five of them are lost by then. */
    public static final int STALE_SECONDS = 10;

    public Observed {
        nodes = List.copyOf(nodes);
        custom = Map.copyOf(custom);
    }

    /**
     * One member.
     *
     * @param serving whether it is let in and serves
     * @param report its latest; absent when there is none
     */
    public record Node(MemberAddress member, boolean serving, Optional<Heard> report) {}

    /**
     * A report, and when it came by the clock of the coordinator: those of the nodes may differ.
     */
    public record Heard(LoadReport report, Instant at) {
        boolean isStale(Instant now) {
            return at.isBefore(now.minusSeconds(STALE_SECONDS));
        }
    }

    /** A number that a client reported, and until when it holds; below 0 or not finite it counts as not reported. */
    public record Custom(double value, Instant until) {}
}
