package io.bulwark.node.cluster;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import io.bulwark.cluster.ClusterMembers;
import io.bulwark.cluster.ClusterView;
import io.bulwark.cluster.ClusterView.Coordinator;
import io.bulwark.cluster.ClusterView.Status;
import io.bulwark.cluster.Leaving;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.guard.GuardCensus;
import io.bulwark.node.peers.Peers;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The cluster as this member's gossip shows it, with what the census counted, and the way to every member's steward. */
public final class SeenMembers implements ClusterMembers {
    /** Singletons live on the oldest member. */
    private static final List<String> COORDINATORS = List.of("guard-shards", "scaling", "services");

    private final String name;
    private final Cluster cluster;
    private final GuardCensus census;
    private final Peers<Steward.Command> stewards;

    private SeenMembers(String name, Cluster cluster, GuardCensus census, Peers<Steward.Command> stewards) {
        this.name = name;
        this.cluster = cluster;
        this.census = census;
        this.stewards = stewards;
    }

    /**
     * Starts this member's steward.
     *
     * @param leave lets this node leave as on SIGTERM; returns at once
     */
    public static SeenMembers start(ActorSystem<?> system, String name, GuardCensus census, Runnable leave) {
        ActorRef<Steward.Command> steward = system.systemActorOf(Steward.create(leave), "steward", Props.empty());
        return new SeenMembers(name, Cluster.get(system), census, Peers.start(system, Steward.KIND, steward));
    }

    @Override
    public ClusterView view() {
        CurrentClusterState state = cluster.state();
        Optional<Member> oldest = oldest(state);
        List<Coordinator> coordinators = oldest.map(Addresses::of).stream()
                .flatMap(member -> COORDINATORS.stream().map(which -> new Coordinator(which, member)))
                .toList();
        return new ClusterView(
                name,
                Addresses.of(cluster.selfMember()),
                Optional.ofNullable(state.getLeader()).map(Addresses::of),
                members(state).map(member -> line(state, oldest, member)).toList(),
                coordinators);
    }

    @Override
    public CompletionStage<Leaving> leave(MemberAddress address) {
        Optional<ActorRef<Steward.Command>> steward = members(cluster.state())
                .filter(member -> Addresses.of(member).equals(address))
                .findFirst()
                .flatMap(member -> stewards.on(member.address()));
        steward.ifPresent(who -> who.tell(new Steward.Leave()));
        return CompletableFuture.completedStage(steward.isPresent() ? new Leaving.Told() : new Leaving.Unknown());
    }

    /** How many members there are, whatever their status. */
    public int size() {
        return (int) members(cluster.state()).count();
    }

    /** How many members are up; at least 1. */
    public int up() {
        long up = members(cluster.state())
                .filter(member -> member.status().equals(MemberStatus.up()))
                .count();
        return (int) Math.max(1, up);
    }

    /** What this member has. */
    public GuardCensus.Count here() {
        return census.on(cluster.selfMember().address()).orElse(new GuardCensus.Count(0, 0));
    }

    /** How many times a shard was found on another member than before. */
    public long moves() {
        return census.moves();
    }

    /** How many members this one does not hear from. */
    public int unreachable() {
        return cluster.state().getUnreachable().size();
    }

    /** Whether a member is not heard from at the moment. */
    public boolean away(Address member) {
        Set<Member> unreachable = cluster.state().getUnreachable();
        return !unreachable.isEmpty()
                && unreachable.stream().anyMatch(each -> each.address().equals(member));
    }

    private ClusterView.Member line(CurrentClusterState state, Optional<Member> oldest, Member member) {
        MemberAddress address = Addresses.of(member);
        Optional<GuardCensus.Count> count = census.on(member.address());
        return new ClusterView.Member(
                address,
                status(member.status()),
                !state.getUnreachable().contains(member),
                oldest.equals(Optional.of(member)),
                member.appVersion().version(),
                count.map(GuardCensus.Count::shards),
                count.map(GuardCensus.Count::guards),
                member.address().equals(cluster.selfMember().address()));
    }

    private static Optional<Member> oldest(CurrentClusterState state) {
        return members(state)
                .filter(member -> member.status().equals(MemberStatus.up())
                        || member.status().equals(MemberStatus.leaving()))
                .min((one, other) -> one.isOlderThan(other) ? -1 : other.isOlderThan(one) ? 1 : 0);
    }

    private static Stream<Member> members(CurrentClusterState state) {
        return StreamSupport.stream(state.getMembers().spliterator(), false);
    }

    private static Status status(MemberStatus status) {
        return Status.valueOf(
                status.equals(MemberStatus.weaklyUp())
                        ? "WEAKLY_UP"
                        : status.toString().toUpperCase(java.util.Locale.ROOT));
    }
}
