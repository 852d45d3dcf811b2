package io.bulwark.node.guard;

import akka.actor.typed.ActorRef;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.LimitReply;
import io.bulwark.wire.CborMessage;
import java.time.Duration;
import java.util.List;

/** What the relays of two members send each other: many questions in one message, and many answers. */
sealed interface Parcel extends CborMessage {
    /**
     * Questions for guards that live on the receiver, or did a moment ago.
     *
     * @param from the relay that gets the answers
     */
    record Questions(ActorRef<Parcel> from, List<Question> questions) implements Parcel {}

    /** Answers, each to a question of the receiver. */
    record Answers(List<Answer> answers) implements Parcel {}

    /**
     * One question.
     *
     * @param number of its asker's own, returned with the answer
     * @param within after this time nobody waits for the answer
     */
    record Question(
            long number,
            Name tenant,
            Duration within,

            @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
            @JsonSubTypes({
                @JsonSubTypes.Type(value = GuardCommand.Admit.class, name = "admit"),
                @JsonSubTypes.Type(value = GuardCommand.Acquire.class, name = "acquire")
            })
            GuardCommand.Relayed<?> command) {}

    /** One answer. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Admitted.class, name = "admission"),
        @JsonSubTypes.Type(value = Decided.class, name = "limits")
    })
    sealed interface Answer {
        /** Of the question. */
        long number();
    }

    /** To an {@link GuardCommand.Admit}. */
    record Admitted(long number, Admission answer) implements Answer {}

    /** To an {@link GuardCommand.Acquire}. */
    record Decided(long number, LimitReply answer) implements Answer {}
}
