package io.bulwark.node.cluster;

import akka.actor.Address;
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
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a member out at once whose process is gone, where waiting could change nothing: its machine refuses connections
 * to it, so it is neither slow nor cut off, and more than half of the members are left, so that the split brain resolver
 * would decide the same after {@code stable-after}. In every other case the resolver decides.
 *
 * <p>Who is left is not who is not missed yet, but who takes connections now: where a firewall refuses in the place of
 * machines that are cut off, both sides find that out at once, and the smaller one leaves the decision to the resolver.
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
        if (look(door, member) != Door.Found.REFUSED || !isStillMissed(member)) {
            return;
        }
        if (areMostLeft(cluster.state(), member)) {
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

    private boolean areMostLeft(CurrentClusterState state, Member gone) {
        List<Member> voters = StreamSupport.stream(state.getMembers().spliterator(), false)
                .filter(member -> VOTERS.contains(member.status()))
                .toList();
        List<Member> others = voters.stream()
                .filter(member -> !member.equals(gone) && !member.equals(cluster.selfMember()))
                .filter(member -> !state.getUnreachable().contains(member))
                .toList();
        return isMajority(1 + open(others), voters.size());
    }

    /** How many of them take connections; asked all at once. */
    private long open(List<Member> members) {
        try (ExecutorService looks = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Door.Found>> found = members.stream()
                    .map(member -> CompletableFuture.supplyAsync(() -> look(door, member), looks))
                    .toList();
            return found.stream().filter(each -> each.join() == Door.Found.OPEN).count();
        }
    }

    private static Door.Found look(Door door, Member member) {
        Address address = member.address();
        return door.look(address.getHost().orElse(""), address.getPort().orElse(0));
    }

    /** Half is no majority: the other half could say the same. */
    static boolean isMajority(long left, long of) {
        return 2 * left > of;
    }
}
