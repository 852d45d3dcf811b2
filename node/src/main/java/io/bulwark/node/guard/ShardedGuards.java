package io.bulwark.node.guard;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.Guards;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Guards as a shard region: one per tenant in the whole cluster, started by the first message to it. */
public final class ShardedGuards implements Guards {
    /** The entity type; its name is part of every shard's identity and of the journal, and never changes. */
    public static final EntityTypeKey<GuardCommand> TYPE = EntityTypeKey.create(GuardCommand.class, "guard");

    private final ClusterSharding sharding;

    private ShardedGuards(ClusterSharding sharding) {
        this.sharding = sharding;
    }

    /** Starts this node's region. Idle guards go to sleep by {@code akka.cluster.sharding.passivation}. */
    public static ShardedGuards start(ActorSystem<?> system, GuardActor.Surroundings around) {
        ClusterSharding sharding = ClusterSharding.get(system);
        sharding.init(Entity.of(TYPE, entity -> GuardActor.create(new Name(entity.getEntityId()), around))
                .withStopMessage(new GuardCommand.Sleep()));
        return new ShardedGuards(sharding);
    }

    @Override
    public <R> CompletionStage<R> ask(Name tenant, Function<ActorRef<R>, GuardCommand> question, Duration within) {
        return guard(tenant).ask(question::apply, within);
    }

    @Override
    public void tell(Name tenant, GuardCommand command) {
        guard(tenant).tell(command);
    }

    private EntityRef<GuardCommand> guard(Name tenant) {
        return sharding.entityRefFor(TYPE, tenant.value());
    }
}
