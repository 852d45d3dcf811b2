package io.bulwark.node.replica;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.pubsub.Topic;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Keeps a node's copy of what a singleton says current. Soft: it is told of each change, and asks for the whole at its
 * start and every {@value #RESYNC_SECONDS} s, so that a lost message is made up for.
 */
public final class Follower {
    private static final int RESYNC_SECONDS = 5;

    private Follower() {}

    private sealed interface Message<T> {
        record Resync<T>() implements Message<T> {}

        record Told<T>(T whole) implements Message<T> {}
    }

    /**
     * Follows for as long as it lives.
     *
     * @param kind of what is followed
     * @param topic on which the singleton tells it
     * @param ask asks the singleton to say it to an address
     * @param take called by one thread at a time; what is said may be older than what was said before
     */
    public static <T> Behavior<?> of(
            Class<T> kind, ActorRef<Topic.Command<T>> topic, Consumer<ActorRef<T>> ask, Consumer<T> take) {
        return Behaviors.<Message<T>>setup(context -> Behaviors.withTimers(timers -> {
            ActorRef<T> told = context.messageAdapter(kind, Message.Told::new);
            topic.tell(Topic.subscribe(told));
            timers.startTimerWithFixedDelay(new Message.Resync<>(), Duration.ofSeconds(RESYNC_SECONDS));
            ask.accept(told);
            return Behaviors.receiveMessage(message -> {
                switch (message) {
                    case Message.Resync<T>() -> ask.accept(told);
                    case Message.Told<T>(T whole) -> take.accept(whole);
                }
                return Behaviors.same();
            });
        }));
    }
}
