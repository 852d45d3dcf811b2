package io.bulwark.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLoopExecutorTest {
    private static final String CONFIG = """
            on-loops { type = Dispatcher, executor = "io.bulwark.http.wire.EventLoopExecutor" }
            akka { loglevel = WARNING, stdout-loglevel = WARNING }
            """;

    private final ActorSystem<Void> system = ActorSystem.create(
            Behaviors.empty(), "loops", ConfigFactory.parseString(CONFIG).withFallback(ConfigFactory.load()));
    private final EventLoopGroup loops = EventLoops.of(system);
    /** Answers with the loop that it runs on. */
    private final ActorRef<CompletableFuture<Optional<EventLoop>>> actor = system.systemActorOf(
            Behaviors.receiveMessage(answer -> {
                answer.complete(EventLoops.current());
                return Behaviors.same();
            }),
            "actor",
            DispatcherSelector.fromConfig("on-loops"));

    @AfterEach
    void end() {
        system.terminate();
    }

    @Test
    void actorAskedFromALoop_runsOnThatLoop() {
        List<EventLoop> all = new ArrayList<>();
        loops.forEach(loop -> all.add((EventLoop) loop));
        for (EventLoop loop : all) {
            // It may still be leaving the loop that it was asked from before.
            Awaitility.await().until(() -> askedOn(loop).equals(Optional.of(loop)));
            for (int i = 0; i < 100; i++) {
                assertThat(askedOn(loop)).contains(loop);
            }
        }
    }

    @Test
    void actorAskedFromElsewhere_runsOnOneOfTheLoops() {
        for (int i = 0; i < 100; i++) {
            CompletableFuture<Optional<EventLoop>> answer = new CompletableFuture<>();
            actor.tell(answer);
            assertThat(get(answer).orElseThrow().parent()).isEqualTo(loops);
        }
        assertThat(EventLoops.current()).isEmpty();
    }

    @Test
    void loopOfOneGroup_isNoneOfAnother() {
        ActorSystem<Void> other = ActorSystem.create(Behaviors.empty(), "other", ConfigFactory.load());
        EventLoopGroup others = EventLoops.of(other);
        CompletableFuture<Optional<EventLoop>> own = new CompletableFuture<>();
        CompletableFuture<Optional<EventLoop>> strange = new CompletableFuture<>();
        others.next().execute(() -> {
            own.complete(EventLoops.current(others));
            strange.complete(EventLoops.current(loops));
        });

        assertThat(get(own)).isPresent();
        assertThat(get(strange)).isEmpty();
        other.terminate();
        Awaitility.await().until(others::isTerminated);
    }

    @Test
    void loopsEnd_withTheirSystem() {
        assertThat(loops.isShuttingDown()).isFalse();

        system.terminate();

        Awaitility.await().until(loops::isTerminated);
    }

    private Optional<EventLoop> askedOn(EventLoop loop) {
        CompletableFuture<Optional<EventLoop>> answer = new CompletableFuture<>();
        loop.execute(() -> actor.tell(answer));
        return get(answer);
    }

    private static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(30, TimeUnit.SECONDS).join();
    }
}
