package io.bulwark.http.gateway;

import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.bulwark.http.gateway.Connection.ConnectionKilled;
import io.bulwark.http.wire.Copies;
import io.bulwark.http.wire.ReceivedBytes;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Makes answers of what a connection reads. One that is there as a whole is given as a whole; of another the head, and
 * its body as it comes. What nobody waits for ends the connection.
 *
 * <pre>
 *   idle --expect--> waiting --an interim head--> skipping --its end--> waiting
 *   waiting --a head--> collecting --its end--> idle, answered as a whole
 *   collecting --nothing more at hand--> streaming, answered with the head --its end--> idle
 *   any --the connection ends--> ended: who waits or reads is told
 * </pre>
 *
 * Its state belongs to the connection's thread.
 */
final class AnswerHandler extends SimpleChannelInboundHandler<HttpObject> {
    private static final int SWITCHING_PROTOCOLS = 101;

    private @Nullable CompletableFuture<HttpResponse> waiting;
    private boolean toHead;
    private io.netty.handler.codec.http.@Nullable HttpResponse head;
    private ByteString collected = ByteString.emptyByteString();
    private @Nullable ReceivedBytes stream;
    private boolean skipping;
    private @Nullable Throwable failure;
    private volatile String end = "The service closed it";

    /** The next answer is for this one. */
    void expect(CompletableFuture<HttpResponse> answer, boolean answerToHead) {
        waiting = answer;
        toHead = answerToHead;
    }

    /** Why the connection is about to end, to be told to who waits; from any thread. */
    void endsBecause(String why) {
        end = why;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject read) {
        if (read.decoderResult().isFailure()) {
            exceptionCaught(context, read.decoderResult().cause());
            return;
        }
        if (read instanceof io.netty.handler.codec.http.HttpResponse begun) {
            begin(context, begun);
        }
        if (read instanceof HttpContent content) {
            more(content);
        }
    }

    private void begin(ChannelHandlerContext context, io.netty.handler.codec.http.HttpResponse begun) {
        int status = begun.status().code();
        if (waiting == null) {
            exceptionCaught(context, new ConnectionKilled("The service answered what was not asked"));
        } else if (status == SWITCHING_PROTOCOLS || !AnswerHead.isOfHttp(status)) {
            exceptionCaught(context, new ConnectionKilled("status " + status + " is not expected"));
        } else if (begun.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            skipping = true;
        } else {
            head = begun;
        }
    }

    private void more(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        if (skipping) {
            skipping = !last;
        } else if (stream != null) {
            ReceivedBytes body = stream;
            body.add(Copies.of(content.content()));
            if (last) {
                stream = null;
                body.end();
            }
        } else if (head != null) {
            collected = collected.concat(Copies.of(content.content()));
            if (last) {
                answer(toHead ? AnswerHead.toHead(head) : AnswerHead.whole(head, collected));
            }
        }
    }

    /** Nothing more is at hand: what has come so far is passed on. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (head != null) {
            ReceivedBytes body = new ReceivedBytes(context.channel(), () -> {});
            body.add(collected);
            stream = body;
            answer(AnswerHead.begun(head, Source.fromPublisher(body)));
        }
        context.fireChannelReadComplete();
    }

    private void answer(HttpResponse response) {
        CompletableFuture<HttpResponse> answered = waiting;
        waiting = null;
        head = null;
        collected = ByteString.emptyByteString();
        if (answered != null) {
            answered.complete(response);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Throwable cause = failure == null ? new ConnectionKilled(end) : failure;
        CompletableFuture<HttpResponse> unanswered = waiting;
        waiting = null;
        head = null;
        if (unanswered != null) {
            unanswered.completeExceptionally(cause);
        }
        if (stream != null) {
            stream.fail(cause);
        }
        context.fireChannelInactive();
    }

    /** What went wrong first is why the connection ends. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        var _ = context.close();
    }
}
