package io.bulwark.node.guard;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.ShardRegion;
import akka.cluster.sharding.typed.GetClusterShardingStats;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where the guards live: every {@value #SECONDS} s each shard region says which shards it has, and how many guards are
 * awake in each. Soft and a little behind; it is for people, and for finding the short way, never for deciding who may.
 */
public final class GuardCensus {
    private static final int SECONDS = 2;
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(1);

    private final AtomicReference<Findings> findings = new AtomicReference<>(new Findings(Map.of(), Map.of()));
    private final AtomicLong moves = new AtomicLong();

    /** How many shards a member has, and how many guards are awake there. */
    public record Count(int shards, int guards) {}

    private record Findings(Map<Address, Count> counts, Map<String, Address> homes) {}

    private sealed interface Command {}

    private record Look() implements Command {}

    private record Found(ShardRegion.ClusterShardingStats stats) implements Command {}

    /** Begins to count. */
    public static GuardCensus start(ActorSystem<?> system) {
        GuardCensus census = new GuardCensus();
        system.systemActorOf(census.taker(system), "guard-census", Props.empty());
        return census;
    }

    /** What was counted on a member; empty for one that did not answer. */
    public Optional<Count> on(Address member) {
        return Optional.ofNullable(findings.get().counts().get(member));
    }

    /** Where a shard was last seen. */
    public Optional<Address> home(String shard) {
        return Optional.ofNullable(findings.get().homes().get(shard));
    }

    /** How many times a shard was found on another member than before. */
    public long moves() {
        return moves.get();
    }

    private Behavior<Command> taker(ActorSystem<?> system) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new Look(), Duration.ZERO, Duration.ofSeconds(SECONDS));
            ActorRef<ShardRegion.ClusterShardingStats> answers =
                    context.messageAdapter(ShardRegion.ClusterShardingStats.class, Found::new);
            var question = new GetClusterShardingStats(ShardedGuards.TYPE, ANSWER_WITHIN, answers);
            var sharding = ClusterSharding.get(system).shardState();
            return Behaviors.receiveMessage(command -> {
                switch (command) {
                    case Look() -> sharding.tell(question);
                    case Found(ShardRegion.ClusterShardingStats stats) -> take(stats.getRegions());
                }
                return Behaviors.same();
            });
        }));
    }

    private void take(Map<Address, ShardRegion.ShardRegionStats> regions) {
        Map<Address, Count> counts = new HashMap<>();
        Map<String, Address> homes = new HashMap<>();
        regions.forEach((member, region) -> {
            Map<String, Object> shards = region.getStats();
            int guards = shards.values().stream()
                    .mapToInt(count -> ((Number) count).intValue())
                    .sum();
            counts.put(member, new Count(shards.size(), guards));
            shards.keySet().forEach(shard -> homes.put(shard, member));
        });
        Map<String, Address> before = findings.get().homes();
        moves.addAndGet(homes.entrySet().stream()
                .filter(home ->
                        before.containsKey(home.getKey()) && !home.getValue().equals(before.get(home.getKey())))
                .count());
        findings.set(new Findings(Map.copyOf(counts), Map.copyOf(homes)));
    }
}
