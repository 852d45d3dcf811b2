package io.bulwark.node.peers;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import akka.cluster.typed.Cluster;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The actors of one kind, one on each member, by the member's address. Soft: a new member's is known after a round of
 * gossip, and one of a member that died is forgotten when the member is removed.
 *
 * @param <T> what they are told
 */
public final class Peers<T> {
    private final Address self;
    private final AtomicReference<Map<Address, ActorRef<T>>> known = new AtomicReference<>(Map.of());

    private Peers(Address self) {
        this.self = self;
    }

    /** Makes this member's own known to the others, and begins to learn of theirs. */
    public static <T> Peers<T> start(ActorSystem<?> system, ServiceKey<T> kind, ActorRef<T> own) {
        Peers<T> peers = new Peers<>(Cluster.get(system).selfMember().address());
        system.receptionist().tell(Receptionist.register(kind, own));
        system.systemActorOf(peers.follower(kind), kind.id() + "-peers", Props.empty());
        return peers;
    }

    /** The one on a member; empty when it is not known. */
    public Optional<ActorRef<T>> on(Address member) {
        return Optional.ofNullable(known.get().get(member));
    }

    private Behavior<Receptionist.Listing> follower(ServiceKey<T> kind) {
        return Behaviors.setup(context -> {
            context.getSystem().receptionist().tell(Receptionist.subscribe(kind, context.getSelf()));
            return Behaviors.receiveMessage(listing -> {
                known.set(byMember(listing, kind));
                return Behaviors.same();
            });
        });
    }

    private Map<Address, ActorRef<T>> byMember(Receptionist.Listing listing, ServiceKey<T> kind) {
        Map<Address, ActorRef<T>> byMember = new HashMap<>();
        for (ActorRef<T> peer : listing.getServiceInstances(kind)) {
            Address address = peer.path().address();
            byMember.put(address.hasGlobalScope() ? address : self, peer);
        }
        return Map.copyOf(byMember);
    }
}
