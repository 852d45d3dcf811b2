package io.bulwark.http.wire;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.Optional;

/** A thread of {@link EventLoops}, which knows its loop. */
final class EventLoopThread extends FastThreadLocalThread {
    private Optional<EventLoop> loop = Optional.empty();

    private EventLoopThread(ThreadGroup group, Runnable task, String name) {
        super(group, task, name);
    }

    /** What it runs; only to be asked by itself. */
    Optional<EventLoop> loop() {
        return loop;
    }

    /** Lets a loop tell its thread, before anything else that it does. */
    static void tell(EventExecutor executor) {
        executor.execute(() -> {
            if (executor instanceof EventLoop own && Thread.currentThread() instanceof EventLoopThread thread) {
                thread.loop = Optional.of(own);
            }
        });
    }

    /** Makes them, as daemons. */
    static final class Factory extends DefaultThreadFactory {
        Factory(String name) {
            super(name, true);
        }

        @Override
        protected Thread newThread(Runnable task, String name) {
            return new EventLoopThread(threadGroup, task, name);
        }
    }
}
