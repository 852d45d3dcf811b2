package io.bulwark.node.guard;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.ServiceKey;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardCommand.Relayed;
import io.bulwark.node.peers.Peers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The short way to guards on another member: questions for the same member are collected for a tiny time and travel in
 * one message, and so do the answers, because a message between nodes costs far more than a question. Who is asked is
 * soft knowledge: a relay passes on a question for a guard that has moved.
 */
final class Relay implements AutoCloseable {
    private static final ServiceKey<Parcel> KIND = ServiceKey.create(Parcel.class, "guard-relay");

    private final ClusterSharding sharding;
    private final Duration collectFor;
    private final ActorRef<Parcel> own;
    private final Peers<Parcel> peers;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, CompletableFuture<Object>> asked = new ConcurrentHashMap<>();
    private final Map<ActorRef<Parcel>, Collector<Parcel.Question>> questions = new ConcurrentHashMap<>();
    private final Map<ActorRef<Parcel>, Collector<Parcel.Answer>> answers = new ConcurrentHashMap<>();

    private Relay(ActorSystem<?> system, Duration collectFor) {
        this.sharding = ClusterSharding.get(system);
        this.collectFor = collectFor;
        this.own = system.systemActorOf(receiver(), KIND.id(), ShardedGuards.DISPATCHER);
        this.peers = Peers.start(system, KIND, own);
        system.getWhenTerminated().whenComplete((_, _) -> close());
    }

    /** @param collectFor how long a question waits for others to the same member, 0 to 10 ms */
    static Relay start(ActorSystem<?> system, Duration collectFor) {
        return new Relay(system, collectFor);
    }

    /**
     * Asks through the relay of a member.
     *
     * @return empty when that member's relay is not known or has too much waiting: ask the guard by itself
     */
    <R> Optional<CompletionStage<R>> ask(Address member, Name tenant, Relayed<R> command, Duration within) {
        return peers.on(member).flatMap(relay -> ask(relay, tenant, command, within));
    }

    /** Whether the relay of a member is known. */
    boolean knows(Address member) {
        return peers.on(member).isPresent();
    }

    /** Whoever makes a question for it need not name who gets the answer: it comes back by its number. */
    <R> ActorRef<R> answersHere() {
        return own.unsafeUpcast();
    }

    private <R> Optional<CompletionStage<R>> ask(
            ActorRef<Parcel> relay, Name tenant, Relayed<R> command, Duration within) {
        long number = numbers.incrementAndGet();
        CompletableFuture<Object> answer = new CompletableFuture<>();
        asked.put(number, answer);
        if (!collector(relay).offer(new Parcel.Question(number, tenant, within, command))) {
            asked.remove(number);
            return Optional.empty();
        }
        @SuppressWarnings("unchecked") // A relay answers a question with what its guard answered.
        CompletableFuture<R> typed = (CompletableFuture<R>) answer;
        return Optional.of(
                typed.orTimeout(within.toMillis(), TimeUnit.MILLISECONDS).whenComplete((_, _) -> asked.remove(number)));
    }

    private Collector<Parcel.Question> collector(ActorRef<Parcel> relay) {
        return questions.computeIfAbsent(
                relay,
                to -> new Collector<>(
                        "bulwark-questions", collectFor, together -> to.tell(new Parcel.Questions(own, together))));
    }

    private Behavior<Parcel> receiver() {
        return Behaviors.receiveMessage(parcel -> {
            switch (parcel) {
                case Parcel.Questions(ActorRef<Parcel> from, List<Parcel.Question> many) ->
                    many.forEach(question -> pass(from, question));
                case Parcel.Answers(List<Parcel.Answer> many) -> many.forEach(this::answered);
            }
            return Behaviors.same();
        });
    }

    private void pass(ActorRef<Parcel> from, Parcel.Question question) {
        EntityRef<GuardCommand> guard =
                sharding.entityRefFor(ShardedGuards.TYPE, question.tenant().value());
        long number = question.number();
        switch (question.command()) {
            case GuardCommand.Admit admit ->
                Asked.plainly(guard.ask(admit::replyingTo, question.within()))
                        .thenAccept(answer -> reply(from, new Parcel.Admitted(number, answer)));
            case GuardCommand.Acquire acquire ->
                Asked.plainly(guard.ask(acquire::replyingTo, question.within()))
                        .thenAccept(answer -> reply(from, new Parcel.Decided(number, answer)));
        }
    }

    private void reply(ActorRef<Parcel> to, Parcel.Answer answer) {
        boolean collected = answers.computeIfAbsent(
                        to,
                        relay -> new Collector<>(
                                "bulwark-answers", collectFor, together -> relay.tell(new Parcel.Answers(together))))
                .offer(answer);
        if (!collected) {
            to.tell(new Parcel.Answers(List.of(answer)));
        }
    }

    private void answered(Parcel.Answer answer) {
        CompletableFuture<Object> waiting = asked.remove(answer.number());
        if (waiting != null) {
            waiting.complete(
                    switch (answer) {
                        case Parcel.Admitted(long _, var admission) -> admission;
                        case Parcel.Decided(long _, var decided) -> decided;
                    });
        }
    }

    @Override
    public void close() {
        questions.values().forEach(Collector::close);
        answers.values().forEach(Collector::close);
    }
}
