package io.bulwark.node.guard;

import akka.actor.typed.ActorRef;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.LimitReply;
import java.time.Duration;
import java.util.List;

/** What relays send each other, for those who record it. */
public final class ParcelSamples {
    private static final Name ACME = new Name("acme");
    private static final Duration WITHIN = Duration.ofSeconds(5);

    private ParcelSamples() {}

    /** Both questions that travel so. */
    public static Object questions(
            ActorRef<?> from, GuardCommand.Relayed<Admission> one, GuardCommand.Relayed<LimitReply> other) {
        return new Parcel.Questions(
                from.unsafeUpcast(),
                List.of(new Parcel.Question(1, ACME, WITHIN, one), new Parcel.Question(2, ACME, WITHIN, other)));
    }

    /** Their answers. */
    public static Object answers(Admission one, LimitReply other) {
        return new Parcel.Answers(List.of(new Parcel.Admitted(1, one), new Parcel.Decided(2, other)));
    }
}
