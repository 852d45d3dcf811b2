package io.bulwark.node.start;

import io.bulwark.node.cluster.SeenMembers;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What a member sees of the cluster, as meters. */
final class ClusterMeters {
    private ClusterMeters() {}

    static void register(SeenMembers members, MeterRegistry meters) {
        Gauge.builder("bulwark.cluster.members", members, SeenMembers::size)
                .description("Members of the cluster, whatever their status")
                .register(meters);
        Gauge.builder("bulwark.cluster.unreachable", members, SeenMembers::unreachable)
                .description("Members that this one does not hear from")
                .register(meters);
        Gauge.builder("bulwark.guard.shards", members, seen -> seen.here().shards())
                .description("Shards of guards on this member")
                .register(meters);
        Gauge.builder("bulwark.guard.awake", members, seen -> seen.here().guards())
                .description("Guards that are awake on this member")
                .register(meters);
        FunctionCounter.builder("bulwark.guard.shards.moved", members, SeenMembers::moves)
                .description("Times that a shard was found on another member than before")
                .register(meters);
    }
}
