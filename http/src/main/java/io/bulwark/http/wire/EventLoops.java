package io.bulwark.http.wire;

import akka.actor.ActorSystem.Settings;
import akka.actor.ClassicActorSystemProvider;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.javadsl.Adapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The threads that carry the bytes of connections, from clients and to services alike, and what follows from them until
 * somebody else is asked: so that an answer of a service is mostly written to the client by the thread that read it.
 * Actors run on them too where {@link EventLoopExecutor} says so. They live as long as their actor system, and must not
 * be blocked.
 */
public final class EventLoops implements Extension {
    private static final Id ID = new Id();
    private static final Duration END_WITHIN = Duration.ofSeconds(2);

    /** Actors are dispatched before their system has extensions, and a dispatcher knows its system by nothing else. */
    private static final Map<Settings, EventLoopGroup> GROUPS = Collections.synchronizedMap(new WeakHashMap<>());

    private final EventLoopGroup group;

    private EventLoops(ActorSystem<?> system) {
        this.group = of(system.classicSystem().settings());
        system.getWhenTerminated().whenComplete((done, failure) -> {
            var _ = group.shutdownGracefully(0, END_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        });
    }

    /** Those of an actor system. */
    public static EventLoopGroup of(ClassicActorSystemProvider system) {
        return Adapter.toTyped(system.classicSystem()).registerExtension(ID).group;
    }

    /**
     * The loop that runs in the current thread, if it is one of theirs: what is to go on there is given to it, and needs
     * no other thread.
     */
    public static Optional<EventLoop> current() {
        return Thread.currentThread() instanceof EventLoopThread thread ? thread.loop() : Optional.empty();
    }

    /** The same, if it is of this group. */
    public static Optional<EventLoop> current(EventLoopGroup group) {
        return current().filter(loop -> group.equals(loop.parent()));
    }

    /** Those of the system with these settings, which ends them if {@link #of(ClassicActorSystemProvider)} was asked. */
    static EventLoopGroup of(Settings settings) {
        return GROUPS.computeIfAbsent(settings, _ -> started());
    }

    private static EventLoopGroup started() {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                Runtime.getRuntime().availableProcessors(),
                new EventLoopThread.Factory("bulwark-connections"),
                NioIoHandler.newFactory());
        group.forEach(EventLoopThread::tell);
        return group;
    }

    private static final class Id extends ExtensionId<EventLoops> {
        @Override
        public EventLoops createExtension(ActorSystem<?> system) {
            return new EventLoops(system);
        }
    }
}
