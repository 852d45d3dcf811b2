package io.bulwark.node.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.wire.CborMessage;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** One actor on each member that can be told, from any other, to let its node leave; and who knows them all. */
final class Steward {
    private static final ServiceKey<Command> KEY = ServiceKey.create(Command.class, "steward");

    private Steward() {}

    /** What a steward is told. */
    sealed interface Command extends CborMessage {}

    /** The node is to leave, as on SIGTERM. */
    record Leave() implements Command {}

    private record Known(Receptionist.Listing stewards) implements Command {}

    /**
     * The steward of this member.
     *
     * @param leave lets this node leave; returns at once
     * @param known told of the stewards of all members, whenever they change
     */
    static Behavior<Command> create(
            MemberAddress self, Runnable leave, Consumer<Map<MemberAddress, ActorRef<Command>>> known) {
        return Behaviors.setup(context -> {
            Receptionist.Command registration = Receptionist.register(KEY, context.getSelf());
            context.getSystem().receptionist().tell(registration);
            var listing = context.messageAdapter(Receptionist.Listing.class, Known::new);
            context.getSystem().receptionist().tell(Receptionist.subscribe(KEY, listing));
            return Behaviors.receiveMessage(command -> {
                switch (command) {
                    case Leave() -> leave.run();
                    case Known(Receptionist.Listing stewards) -> known.accept(byMember(self, stewards));
                }
                return Behaviors.same();
            });
        });
    }

    private static Map<MemberAddress, ActorRef<Command>> byMember(MemberAddress self, Receptionist.Listing stewards) {
        Map<MemberAddress, ActorRef<Command>> byMember = new HashMap<>();
        for (ActorRef<Command> steward : stewards.getServiceInstances(KEY)) {
            var address = steward.path().address();
            byMember.put(address.hasGlobalScope() ? Addresses.of(address) : self, steward);
        }
        return Map.copyOf(byMember);
    }
}
