package io.bulwark.http.gateway;

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
 * The body of an answer on its way, for one reader. What the reader has not asked for yet is kept up to a bound, beyond
 * which nothing more is read from the network. Its state belongs to the connection's thread.
 */
final class AnswerStream implements Publisher<ByteString>, Subscription {
    private static final int HELD_BYTES_MAX = 128 * 1024;

    private final Channel channel;
    private final Deque<ByteString> parts = new ArrayDeque<>();
    private int held;
    private long wanted;
    private boolean ended;
    private boolean over;
    private @Nullable Throwable failure;
    private @Nullable Subscriber<? super ByteString> reader;

    AnswerStream(Channel channel) {
        this.channel = channel;
    }

    /** Another part. */
    void add(ByteString part) {
        if (!over && !part.isEmpty()) {
            parts.add(part);
            held += part.size();
            proceed();
        }
    }

    /** There are no more parts. */
    void end() {
        ended = true;
        proceed();
    }

    /** There will be no more parts, though there should be; nothing when it has ended. */
    void fail(Throwable cause) {
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
                subscriber.onError(new IllegalStateException("The body of an answer is read only once"));
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

    /** Who does not want the rest ends the connection, which is the watching stage's part. */
    @Override
    public void cancel() {
        onItsThread(() -> {
            over = true;
            parts.clear();
            held = 0;
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
