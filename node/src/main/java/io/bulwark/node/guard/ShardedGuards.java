package io.bulwark.node.guard;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.cluster.MemberStatus;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.cluster.typed.Cluster;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.Guards;
import io.bulwark.http.wire.EventLoops;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/** Guards as a shard region: one per tenant in the whole cluster, started by the first message to it. */
public final class ShardedGuards implements Guards {
    /** The entity type; its name is part of every shard's identity and of the journal, and never changes. */
    public static final EntityTypeKey<GuardCommand> TYPE = EntityTypeKey.create(GuardCommand.class, "guard");

    /** Where the guards run, and what stands between them and those who ask; see {@code akka.conf}. */
    static final DispatcherSelector DISPATCHER = DispatcherSelector.fromConfig("bulwark-guards");

    private final ClusterSharding sharding;
    private final Cluster cluster;
    private final Address self;
    private final GuardCensus census;
    private final Relay relay;
    private final int shards;
    private final boolean collects;

    private ShardedGuards(ActorSystem<?> system, Duration collectFor) {
        this.sharding = ClusterSharding.get(system);
        this.cluster = Cluster.get(system);
        this.self = cluster.selfMember().address();
        this.census = GuardCensus.start(system);
        this.relay = Relay.start(system, collectFor);
        this.shards = system.settings().config().getInt("akka.cluster.sharding.number-of-shards");
        this.collects = collectFor.isPositive();
    }

    /**
     * Starts this node's region. Idle guards go to sleep by {@code akka.cluster.sharding.passivation}.
     *
     * @param collectFor how long a question for another member waits for more of them, 0 (each goes by itself) to 10 ms
     */
    public static ShardedGuards start(ActorSystem<?> system, GuardActor.Surroundings around, Duration collectFor) {
        // The threads of guards end with the system only if it was asked for them.
        EventLoops.of(system);
        ClusterSharding.get(system)
                .init(Entity.of(TYPE, entity -> GuardActor.create(new Name(entity.getEntityId()), around))
                        .withEntityProps(DISPATCHER)
                        .withStopMessage(new GuardCommand.Sleep()));
        return new ShardedGuards(system, collectFor);
    }

    /** Where the guards live, as far as it is known here. */
    public GuardCensus census() {
        return census;
    }

    Relay relay() {
        return relay;
    }

    @Override
    public <R> CompletionStage<R> ask(Name tenant, Function<ActorRef<R>, GuardCommand> question, Duration within) {
        return otherHome(tenant)
                .flatMap(member -> relayed(member, tenant, question, within))
                .orElseGet(() -> Asked.plainly(guard(tenant).ask(question::apply, within)));
    }

    @Override
    public void tell(Name tenant, GuardCommand command) {
        guard(tenant).tell(command);
    }

    private <R> Optional<CompletionStage<R>> relayed(
            Address member, Name tenant, Function<ActorRef<R>, GuardCommand> question, Duration within) {
        if (!(question.apply(relay.answersHere()) instanceof GuardCommand.Relayed<?> command)) {
            return Optional.empty();
        }
        @SuppressWarnings("unchecked") // The question was made for answers of this type.
        GuardCommand.Relayed<R> typed = (GuardCommand.Relayed<R>) command;
        return relay.ask(member, tenant, typed, within);
    }

    /** The member on which the guard was last seen. */
    public Optional<Address> home(Name tenant) {
        return census.home(shard(tenant));
    }

    /** Whether the guard was last seen on another member. */
    public boolean elsewhere(Name tenant) {
        return home(tenant).filter(home -> !home.equals(self)).isPresent();
    }

    private Optional<Address> otherHome(Name tenant) {
        return collects ? home(tenant).filter(home -> !home.equals(self)).filter(this::isUp) : Optional.empty();
    }

    /** What is relayed through a member that leaves is answered to nobody once it is gone. */
    private boolean isUp(Address member) {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .anyMatch(each -> each.address().equals(member) && each.status().equals(MemberStatus.up()));
    }

    /** As sharding's own extractor has it. */
    private String shard(Name tenant) {
        return Integer.toString(Math.abs(tenant.value().hashCode() % shards));
    }

    private EntityRef<GuardCommand> guard(Name tenant) {
        return sharding.entityRefFor(TYPE, tenant.value());
    }
}
