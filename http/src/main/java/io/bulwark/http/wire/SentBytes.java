package io.bulwark.http.wire;

import akka.util.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Writes a stream to a connection; the next part is asked for when this one has gone to the network. */
public final class SentBytes implements Subscriber<ByteString> {
    private final Channel channel;
    private final Function<ByteBuf, ?> message;
    private final Runnable sent;
    private final Consumer<Throwable> broken;
    private @Nullable Subscription parts;

    /**
     * @param message what the connection's handlers take a part as
     * @param sent told, on the stream's thread, when all parts are handed to the network
     * @param broken told, on any thread, when the stream or the network fails, which may be more than once
     */
    public SentBytes(Channel channel, Function<ByteBuf, ?> message, Runnable sent, Consumer<Throwable> broken) {
        this.channel = channel;
        this.message = message;
        this.sent = sent;
        this.broken = broken;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        parts = subscription;
        var _ = channel.closeFuture().addListener(closed -> subscription.cancel());
        subscription.request(1);
    }

    @Override
    public void onNext(ByteString part) {
        Subscription from = parts;
        var _ = channel.writeAndFlush(message.apply(Unpooled.wrappedBuffer(part.asByteBuffer())))
                .addListener(written -> {
                    if (!written.isSuccess()) {
                        broken.accept(written.cause());
                    } else if (from != null) {
                        from.request(1);
                    }
                });
    }

    /** What is left of the stream does not come. */
    @Override
    public void onError(Throwable failure) {
        broken.accept(failure);
    }

    @Override
    public void onComplete() {
        sent.run();
    }
}
