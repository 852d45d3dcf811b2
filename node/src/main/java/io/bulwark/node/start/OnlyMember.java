package io.bulwark.node.start;

import akka.actor.typed.ActorSystem;
import akka.cluster.Member;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Leave;
import io.bulwark.cluster.ClusterMembers;
import io.bulwark.cluster.ClusterView;
import io.bulwark.cluster.ClusterView.Status;
import io.bulwark.cluster.Leaving;
import io.bulwark.cluster.MemberAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The cluster of a node on its own: nothing else than this member. */
final class OnlyMember implements ClusterMembers {
    private final Cluster cluster;

    OnlyMember(ActorSystem<?> system) {
        this.cluster = Cluster.get(system);
    }

    @Override
    public ClusterView view() {
        Member self = cluster.selfMember();
        MemberAddress address = address(self);
        String version = self.appVersion().version();
        var line = new ClusterView.Member(
                address, Status.UP, true, true, version, Optional.empty(), Optional.empty(), true);
        return new ClusterView(self.address().system(), address, Optional.of(address), List.of(line), List.of());
    }

    @Override
    public CompletionStage<Leaving> leave(MemberAddress address) {
        Member self = cluster.selfMember();
        if (!address.equals(address(self))) {
            return CompletableFuture.completedStage(new Leaving.Unknown());
        }
        cluster.manager().tell(Leave.create(self.address()));
        return CompletableFuture.completedStage(new Leaving.Told());
    }

    private static MemberAddress address(Member member) {
        return MemberAddress.parse(member.address().hostPort().replaceFirst("^[^@]*@", ""));
    }
}
