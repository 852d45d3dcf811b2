package io.bulwark.http.wire;

import akka.actor.ClassicActorSystemProvider;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.javadsl.Adapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The threads that carry the bytes of connections, from clients and to services alike, and what follows from them until
 * somebody else is asked: so that an answer of a service is mostly written to the client by the thread that read it.
 * They live as long as their actor system, and must not be blocked.
 */
public final class EventLoops implements Extension {
    private static final Id ID = new Id();
    private static final Duration END_WITHIN = Duration.ofSeconds(2);

    private final EventLoopGroup group;

    private EventLoops(ActorSystem<?> system) {
        int count = Runtime.getRuntime().availableProcessors();
        this.group = new MultiThreadIoEventLoopGroup(
                count, new DefaultThreadFactory("bulwark-connections", true), NioIoHandler.newFactory());
        system.getWhenTerminated().whenComplete((done, failure) -> {
            var _ = group.shutdownGracefully(0, END_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        });
    }

    /** Those of an actor system. */
    public static EventLoopGroup of(ClassicActorSystemProvider system) {
        return Adapter.toTyped(system.classicSystem()).registerExtension(ID).group;
    }

    private static final class Id extends ExtensionId<EventLoops> {
        @Override
        public EventLoops createExtension(ActorSystem<?> system) {
            return new EventLoops(system);
        }
    }
}
