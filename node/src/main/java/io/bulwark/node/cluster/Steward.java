package io.bulwark.node.cluster;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.ServiceKey;
import io.bulwark.wire.CborMessage;

/** One actor on each member that can be told, from any other, to let its node leave. */
final class Steward {
    static final ServiceKey<Command> KIND = ServiceKey.create(Command.class, "steward");

    private Steward() {}

    /** What a steward is told. */
    sealed interface Command extends CborMessage {}

    /** The node is to leave, as on SIGTERM. */
    record Leave() implements Command {}

    /** @param leave lets this node leave; returns at once */
    static Behavior<Command> create(Runnable leave) {
        return Behaviors.receiveMessage(command -> {
            switch (command) {
                case Leave() -> leave.run();
            }
            return Behaviors.same();
        });
    }
}
