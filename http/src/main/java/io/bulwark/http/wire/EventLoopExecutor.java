package io.bulwark.http.wire;

import akka.dispatch.DispatcherPrerequisites;
import akka.dispatch.ExecutorServiceConfigurator;
import akka.dispatch.ExecutorServiceFactory;
import com.typesafe.config.Config;
import io.netty.channel.EventLoopGroup;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * An executor for a dispatcher of Akka ({@code executor}), which runs actors on the {@link EventLoops}: on the one that
 * sent the message if it came from one of them, and on any otherwise. So a call that asks an actor goes on without
 * another thread being woken for the question and one for the answer. Its actors must not block.
 */
public final class EventLoopExecutor extends ExecutorServiceConfigurator {
    private final EventLoopGroup loops;

    /** As Akka makes it. */
    public EventLoopExecutor(Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
        this.loops = EventLoops.of(prerequisites.settings());
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threadFactory) {
        return new Factory(loops);
    }

    private record Factory(EventLoopGroup loops) implements ExecutorServiceFactory {
        @Override
        public ExecutorService createExecutorService() {
            return new OnLoops(loops);
        }
    }

    /** The loops outlive it: they are not the dispatcher's to end. */
    private static final class OnLoops extends AbstractExecutorService {
        private final EventLoopGroup loops;
        private volatile boolean shutdown;

        OnLoops(EventLoopGroup loops) {
            this.loops = loops;
        }

        @Override
        public void execute(Runnable task) {
            if (shutdown) {
                throw new RejectedExecutionException("The dispatcher has ended");
            }
            EventLoops.current(loops).orElseGet(loops::next).execute(task);
        }

        @Override
        public void shutdown() {
            shutdown = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            shutdown = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return shutdown;
        }

        @Override
        public boolean isTerminated() {
            return shutdown;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return shutdown;
        }
    }
}
