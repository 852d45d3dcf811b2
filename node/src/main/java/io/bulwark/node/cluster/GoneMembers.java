package io.bulwark.node.cluster;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.ClusterEvent.UnreachableMember;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;
import akka.cluster.typed.Subscribe;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a member out at once whose process is gone, where waiting could change nothing: its machine refuses connections
 * to it, so it is neither slow nor cut off, and those who are left are more than half, so that the split brain resolver
 * would decide the same after {@code stable-after}. In every other case the resolver decides. Should a firewall refuse in
 * the place of a machine that is cut off, the sides find each other in the database, as after any wrong decision, and
 * the ledger and the journal fence meanwhile.
 */
final class GoneMembers {
    private static final Logger LOG = LoggerFactory.getLogger(GoneMembers.class);
    /** What counts when sides are weighed, as Akka's resolver does it: who is not yet in, or out already, has no vote. */
    private static final Set<MemberStatus> VOTERS = Set.of(MemberStatus.up(), MemberStatus.leaving());

    private final Cluster cluster;
    private final Door door;

    private GoneMembers(Cluster cluster, Door door) {
        this.cluster = cluster;
        this.door = door;
    }

    /** Begins to look after members that become unreachable. */
    static void start(ActorSystem<?> system, Door door) {
        GoneMembers gone = new GoneMembers(Cluster.get(system), door);
        system.systemActorOf(gone.watching(), "gone-members", Props.empty());
    }

    private Behavior<UnreachableMember> watching() {
        return Behaviors.setup(context -> {
            cluster.subscriptions().tell(Subscribe.create(context.getSelf(), UnreachableMember.class));
            return Behaviors.receiveMessage(event -> {
                Thread.ofVirtual().name("bulwark-gone").start(() -> look(event.member()));
                return Behaviors.same();
            });
        });
    }

    private void look(Member member) {
        String host = member.address().getHost().orElse("");
        int port = member.address().getPort().orElse(0);
        if (door.look(host, port) != Door.Found.REFUSED || !isStillMissed(member)) {
            return;
        }
        if (areMost(cluster.state())) {
            LOG.warn(
                    "{} is gone: its machine refuses connections; it is taken out at once, the others are the majority",
                    Addresses.of(member));
            cluster.manager().tell(new Down(member.address()));
        } else {
            LOG.warn(
                    "{} is gone: its machine refuses connections; the others are not the majority, so the split brain"
                            + " resolver decides",
                    Addresses.of(member));
        }
    }

    private boolean isStillMissed(Member member) {
        return cluster.state().getUnreachable().contains(member);
    }

    private static boolean areMost(CurrentClusterState state) {
        long voters = StreamSupport.stream(state.getMembers().spliterator(), false)
                .filter(GoneMembers::votes)
                .count();
        long missed = state.getUnreachable().stream().filter(GoneMembers::votes).count();
        return isMajority(voters - missed, voters);
    }

    private static boolean votes(Member member) {
        return VOTERS.contains(member.status());
    }

    /** Half is no majority: the other half could say the same. */
    static boolean isMajority(long left, long of) {
        return 2 * left > of;
    }
}
