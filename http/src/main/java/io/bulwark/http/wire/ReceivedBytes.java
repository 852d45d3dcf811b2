package io.bulwark.http.wire;

import akka.util.ByteString;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * What comes over a connection, for one reader. What the reader has not asked for yet is kept up to a bound, beyond which
 * nothing more is read from the network. Its state belongs to the connection's thread.
 */
public final class ReceivedBytes implements Publisher<ByteString>, Subscription {
    private static final int HELD_BYTES_MAX = 128 * 1024;

    private final Channel channel;
    private final Runnable unwanted;
    private final Deque<ByteString> parts = new ArrayDeque<>();
    private int held;
    private long wanted;
    private boolean ended;
    private boolean over;
    private @Nullable Throwable failure;
    private @Nullable Subscriber<? super ByteString> reader;

    /** @param unwanted told, on the connection's thread, when the reader does not want the rest */
    public ReceivedBytes(Channel channel, Runnable unwanted) {
        this.channel = channel;
        this.unwanted = unwanted;
    }

    /** Another part. */
    public void add(ByteString part) {
        if (!over && !part.isEmpty()) {
            parts.add(part);
            held += part.size();
            proceed();
        }
    }

    /** There are no more parts. */
    public void end() {
        ended = true;
        proceed();
    }

    /** There will be no more parts, though there should be; nothing when it has ended. */
    public void fail(Throwable cause) {
        if (!ended) {
            failure = cause;
            end();
        }
    }

    @Override
    public void subscribe(Subscriber<? super ByteString> subscriber) {
        onItsThread(() -> {
            if (reader == null) {
                reader = subscriber;
                subscriber.onSubscribe(this);
                proceed();
            } else {
                subscriber.onSubscribe(new Nothing());
                subscriber.onError(new IllegalStateException("What comes over a connection is read only once"));
            }
        });
    }

    @Override
    public void request(long more) {
        onItsThread(() -> {
            wanted = wanted + more < 0 ? Long.MAX_VALUE : wanted + more;
            proceed();
        });
    }

    @Override
    public void cancel() {
        onItsThread(() -> {
            over = true;
            parts.clear();
            held = 0;
            unwanted.run();
        });
    }

    private void proceed() {
        Subscriber<? super ByteString> to = reader;
        while (to != null && !over && wanted > 0 && !parts.isEmpty()) {
            ByteString next = parts.remove();
            held -= next.size();
            wanted--;
            to.onNext(next);
        }
        if (to != null && !over && ended && parts.isEmpty()) {
            over = true;
            Throwable cause = failure;
            if (cause == null) {
                to.onComplete();
            } else {
                to.onError(cause);
            }
        }
        boolean readOn = ended || held <= HELD_BYTES_MAX;
        if (channel.config().isAutoRead() != readOn) {
            channel.config().setAutoRead(readOn);
        }
    }

    /** A thread that is gone has no other tasks that this one could meet. */
    private void onItsThread(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
            return;
        }
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException itIsGone) {
            task.run();
        }
    }

    /** The subscription of a reader who gets nothing. */
    private record Nothing() implements Subscription {
        @Override
        public void request(long more) {}

        @Override
        public void cancel() {}
    }
}
