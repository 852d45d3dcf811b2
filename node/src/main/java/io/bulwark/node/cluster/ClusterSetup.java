package io.bulwark.node.cluster;

import akka.actor.ActorSystem;
import akka.actor.setup.Setup;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.config.ClusterConfig;
import io.bulwark.persistence.cluster.Leases;
import io.bulwark.persistence.cluster.MemberRoster;
import io.bulwark.persistence.cluster.RecordedMember;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What those parts of a member work with that Akka makes by name, and that cannot be handed anything. */
final class ClusterSetup extends Setup {
    private final ClusterConfig config;
    private final MemberRoster roster;
    private final Leases leases;
    /** Known once remoting and Management are bound. */
    private final CompletableFuture<RecordedMember> self = new CompletableFuture<>();

    ClusterSetup(ClusterConfig config, MemberRoster roster, Leases leases) {
        this.config = config;
        this.roster = roster;
        this.leases = leases;
    }

    /** That of this actor system. */
    static ClusterSetup of(ActorSystem system) {
        return system.settings()
                .setup()
                .get(ClusterSetup.class)
                .orElseThrow(() -> new IllegalStateException("The actor system was not started as a member"));
    }

    MemberRoster roster() {
        return roster;
    }

    Leases leases() {
        return leases;
    }

    CompletableFuture<RecordedMember> self() {
        return self;
    }

    /** Named by the operator; not empty: this node never founds a cluster. */
    List<MemberAddress> named() {
        return config.join();
    }

    boolean asksTheDatabase() {
        return config.discovery() == ClusterConfig.Discovery.DATABASE;
    }

    boolean mayFound() {
        return config.join().isEmpty();
    }
}
