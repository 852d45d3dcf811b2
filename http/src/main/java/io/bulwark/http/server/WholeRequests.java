package io.bulwark.http.server;

import akka.NotUsed;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.Materializer;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.bulwark.http.wire.Copies;
import io.bulwark.http.wire.ReceivedBytes;
import io.bulwark.http.wire.SentBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection: answers the requests that arrive whole and ask for nothing special by itself, without the framing and
 * without Akka's server layer, which cost more than most decisions do. The two are set up for a connection that needs
 * them, and stay.
 *
 * <pre>
 *   whole requests --anything else--> passing on
 *        |--the last answer, or idle for too long--> lingering
 * </pre>
 *
 * <p>Passing on, the first bytes that it has not answered, and all after them, go to the framing. An answer that Akka has
 * to write, because its body is streamed, goes there with its request: Akka reads the request, and is given the answer
 * that there is ({@link Connection#prepared}). A request that arrives in pieces is waited for at most for a tick, so that
 * the framing keeps the deadlines. Lingering, the client's bytes are dropped for a moment, for the reason that
 * {@link RequestFraming} gives.
 *
 * <p>Its state belongs to the connection's thread.
 */
final class WholeRequests extends SimpleChannelInboundHandler<ByteBuf> {
    /** How long the client of an idle connection that is ended must have been silent, so that no request is on its way. */
    private static final Duration QUIET_FOR = Duration.ofMillis(300);

    /**
     * Akka's parser calls itself for each request that lies whole in the bytes that it is given: thirty KiB of small
     * ones, sent at once, are more than a thread's stack holds, and would end the process.
     */
    private static final int PART_BYTES_MAX = 8 * 1024;

    private enum Phase {
        WHOLE,
        PASSING,
        LINGERING
    }

    private final ListenerSettings settings;
    private final Connection connection;
    private final Function<HttpRequest, CompletionStage<HttpResponse>> handler;
    private final AnswerWriter writer;
    private final Supplier<Flow<ByteString, ByteString, NotUsed>> framing;
    private final Materializer streams;
    private final Runnable ended;
    private final WholeRequestReader reader;
    private final Duration tick;

    private Phase phase = Phase.WHOLE;
    private ByteString held = ByteString.emptyByteString();
    private ByteString inHand = ByteString.emptyByteString();
    /** Whether an answer is on its way to a client who does not take it as fast. */
    private boolean sending;

    private boolean busy;
    private boolean hadRequest;
    private boolean last;
    private boolean clientEnded;
    private boolean outputEnded;
    private int ticks;
    private long lingered;
    private @Nullable ReceivedBytes passedOn;
    private @Nullable Future<?> ticking;

    /**
     * @param handler never fails
     * @param framing what serves all other requests of the connection
     * @param ended told when the connection is over, however it ended
     */
    WholeRequests(
            ListenerSettings settings,
            Connection connection,
            Function<HttpRequest, CompletionStage<HttpResponse>> handler,
            AnswerWriter writer,
            Supplier<Flow<ByteString, ByteString, NotUsed>> framing,
            Materializer streams,
            Runnable ended) {
        this.settings = settings;
        this.connection = connection;
        this.handler = handler;
        this.writer = writer;
        this.framing = framing;
        this.streams = streams;
        this.ended = ended;
        this.reader = new WholeRequestReader(settings.bounds());
        this.tick = settings.shortestDeadline().dividedBy(RequestFraming.TICKS_PER_DEADLINE);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Channel channel = context.channel();
        connection.onEnd(how -> channel.eventLoop().execute(() -> end(context, how)));
        ticking = channel.eventLoop()
                .scheduleAtFixedRate(() -> tick(context), tick.toNanos(), tick.toNanos(), TimeUnit.NANOSECONDS);
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopTicking();
        clientEnded = true;
        if (passedOn != null) {
            passedOn.end();
        }
        ended.run();
        context.fireChannelInactive();
    }

    private void stopTicking() {
        if (ticking != null) {
            ticking.cancel(false);
        }
    }

    private void tick(ChannelHandlerContext context) {
        switch (phase) {
            case PASSING -> stopTicking();
            case LINGERING -> {
                if (++ticks > RequestFraming.LINGER_TICKS) {
                    close(context);
                }
            }
            case WHOLE -> ticked(context);
        }
    }

    /** A request that is still incomplete is for the framing, whose clock it is. */
    private void ticked(ChannelHandlerContext context) {
        if (busy) {
            ticks = 0;
            return;
        }
        ticks++;
        if (sending) {
            if (isLongerThan(settings.idleTimeout().multipliedBy(2))) {
                close(context);
            }
        } else if (!held.isEmpty()) {
            passOn(context);
        } else if (isLongerThan(settings.idleTimeout())) {
            linger(context);
        }
    }

    private boolean isLongerThan(Duration duration) {
        return tick.multipliedBy(ticks).compareTo(duration) > 0;
    }

    /** A connection that has not had a request is left open for its first one. Passing on, the framing is told. */
    private void end(ChannelHandlerContext context, Connection.End how) {
        switch (how) {
            case AT_ONCE -> close(context);
            case WHEN_ANSWERED -> {
                if (hadRequest && !busy) {
                    var _ = context.channel()
                            .eventLoop()
                            .schedule(() -> endIfIdle(context), QUIET_FOR.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        }
    }

    private void endIfIdle(ChannelHandlerContext context) {
        if (phase == Phase.WHOLE && !busy && held.isEmpty() && !sending) {
            linger(context);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf read) {
        if (phase == Phase.LINGERING) {
            lingered += read.readableBytes();
            if (lingered > RequestFraming.LINGER_BYTES_MAX) {
                close(context);
            }
            return;
        }
        ByteString bytes = Copies.of(read);
        if (passedOn != null) {
            passOn(passedOn, bytes);
        } else {
            held = held.isEmpty() ? bytes : held.concat(bytes).compact();
            proceed(context);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            clientEnded = true;
            switch (phase) {
                case WHOLE -> proceed(context);
                case LINGERING -> close(context);
                case PASSING -> {
                    if (passedOn != null) {
                        passedOn.end();
                    }
                    closeIfBothEnded(context);
                }
            }
        }
        context.fireUserEventTriggered(event);
    }

    /** A reset is for the calls no more than the end of what the client sends, of which we are told too. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            close(context);
        }
    }

    private void proceed(ChannelHandlerContext context) {
        boolean complete = true;
        while (phase == Phase.WHOLE && complete && !busy && !sending && !held.isEmpty()) {
            switch (reader.read(held)) {
                case WholeRequestReader.Read.Incomplete() -> complete = false;
                case WholeRequestReader.Read.Special() -> passOn(context);
                case WholeRequestReader.Read.Whole whole -> serve(context, whole);
            }
        }
        if (clientEnded && phase == Phase.WHOLE && !busy && !sending) {
            if (held.isEmpty()) {
                close(context);
            } else {
                passOn(context);
            }
        }
        readOn(context);
    }

    /** While a request is in hand the bytes of one more are taken, so that the end of the client is noticed. */
    private void readOn(ChannelHandlerContext context) {
        if (phase != Phase.PASSING) {
            boolean wanted = phase == Phase.LINGERING || held.isEmpty() || (!busy && !sending);
            if (context.channel().config().isAutoRead() != wanted) {
                context.channel().config().setAutoRead(wanted);
            }
        }
    }

    private void serve(ChannelHandlerContext context, WholeRequestReader.Read.Whole whole) {
        inHand = held.take(whole.bytes());
        held = held.drop(whole.bytes());
        busy = true;
        last = whole.last();
        hadRequest = true;
        CompletableFuture<HttpResponse> answer = handler.apply(whole.request()).toCompletableFuture();
        if (answer.isDone()) {
            settle(context, answer);
        } else {
            var _ = answer.whenComplete((_, _) -> context.channel().eventLoop().execute(() -> {
                settle(context, answer);
                proceed(context);
            }));
        }
    }

    private void settle(ChannelHandlerContext context, CompletableFuture<HttpResponse> answer) {
        busy = false;
        ticks = 0;
        if (answer.isCompletedExceptionally()) {
            close(context);
            return;
        }
        HttpResponse response = answer.join();
        last |= AnswerWriter.isLast(response) || connection.isEnding();
        Optional<ByteString> written = writer.write(response, last);
        if (written.isPresent()) {
            send(context, written.get());
        } else {
            connection.prepare(response);
            held = inHand.concat(held);
            passOn(context);
        }
        inHand = ByteString.emptyByteString();
    }

    private void send(ChannelHandlerContext context, ByteString answer) {
        ChannelFuture writing = context.writeAndFlush(Unpooled.wrappedBuffer(answer.asByteBuffer()));
        if (writing.isDone()) {
            sent(context, writing.isSuccess());
        } else {
            sending = true;
            var _ = writing.addListener(written -> {
                sending = false;
                sent(context, written.isSuccess());
                proceed(context);
            });
        }
    }

    private void sent(ChannelHandlerContext context, boolean whole) {
        ticks = 0;
        if (!whole) {
            close(context);
        } else if (last) {
            linger(context);
        }
    }

    /** No request is answered any more. */
    private void linger(ChannelHandlerContext context) {
        phase = Phase.LINGERING;
        ticks = 0;
        held = ByteString.emptyByteString();
        endOutput(context);
        readOn(context);
    }

    private void passOn(ChannelHandlerContext context) {
        Channel channel = context.channel();
        phase = Phase.PASSING;
        stopTicking();
        ReceivedBytes bytes = new ReceivedBytes(channel, () -> close(context));
        passedOn = bytes;
        passOn(bytes, held);
        held = ByteString.emptyByteString();
        if (clientEnded) {
            bytes.end();
        }
        Source.fromPublisher(bytes)
                .via(framing.get())
                .to(Sink.fromSubscriber(
                        new SentBytes(channel, part -> part, () -> endOutput(context), failure -> close(context))))
                .run(streams);
    }

    private static void passOn(ReceivedBytes to, ByteString bytes) {
        for (ByteString rest = bytes; !rest.isEmpty(); rest = rest.drop(PART_BYTES_MAX)) {
            to.add(rest.take(PART_BYTES_MAX));
        }
    }

    /** After what is on its way to the client; from any thread. */
    private void endOutput(ChannelHandlerContext context) {
        var _ = context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (context.channel() instanceof DuplexChannel duplex) {
                var _ = duplex.shutdownOutput();
            }
            outputEnded = true;
            closeIfBothEnded(context);
        });
    }

    /** A connection of which both halves have ended does not close by itself. */
    private void closeIfBothEnded(ChannelHandlerContext context) {
        if (clientEnded && outputEnded) {
            close(context);
        }
    }

    /** After what is on its way to the client, for which a client that does not read gets a moment; from any thread. */
    private void close(ChannelHandlerContext context) {
        ChannelFuture written = context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        if (!written.isDone()) {
            Runnable atLast = () -> {
                var _ = context.close();
            };
            long moment = tick.multipliedBy(RequestFraming.LINGER_TICKS).toMillis();
            var _ = context.channel().eventLoop().schedule(atLast, moment, TimeUnit.MILLISECONDS);
        }
    }
}
