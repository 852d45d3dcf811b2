package io.bulwark.http.gateway;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.Materializer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP connection to a target, which carries one call at a time. It can be cut when a call takes too long, never
 * re-sends, and knows whether a call that failed was sent.
 */
final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final Wire wire = new Wire();
    private final AnswerHandler answers;
    private final Materializer streams;
    private final CompletionStage<Channel> established;
    private volatile boolean killed;
    private volatile @Nullable Channel channel;

    /**
     * @param established completes when it stands, and fails when it cannot be made
     * @param answers of the same channel
     * @param streams runs bodies that are under way
     */
    Connection(CompletionStage<Channel> established, AnswerHandler answers, Materializer streams) {
        this.answers = answers;
        this.streams = streams;
        this.established = established.thenApply(this::made);
    }

    /** Completes when the connection stands, and fails when it cannot be made. */
    CompletionStage<Channel> established() {
        return established;
    }

    /**
     * Sends on a connection that stands; the stage completes with the head of the answer, and fails when the connection
     * ends before that.
     */
    CompletionStage<HttpResponse> send(HttpRequest request) {
        CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        Channel open = channel;
        if (open == null || killed) {
            answer.completeExceptionally(new ConnectionKilled("The connection was closed before the call"));
            return answer;
        }
        try {
            open.eventLoop().execute(() -> write(open, request, answer));
        } catch (RejectedExecutionException ended) {
            answer.completeExceptionally(ended);
        }
        return answer;
    }

    /** Whether nothing of the current call was sent; if so, nothing will be. */
    boolean nothingWasSent() {
        return wire.seal();
    }

    /** Makes ready for another call, after one that was answered whole. */
    void clean() {
        wire.clean();
    }

    /** Whether it is closed, from whichever side. */
    boolean isEnded() {
        Channel open = channel;
        return killed || open == null || !open.isActive();
    }

    /** What carries its bytes, once it stands. */
    Optional<EventLoop> carrier() {
        return Optional.ofNullable(channel).map(Channel::eventLoop);
    }

    /** Closes it, whatever is under way. */
    void kill(String why) {
        killed = true;
        Channel open = channel;
        if (open != null) {
            answers.endsBecause(why);
            if (wire.isUsed()) {
                cut(open);
            } else {
                var _ = open.close();
            }
        }
    }

    /** Ends a connection in the middle of a call, so that the service does not take what it has got for all of it. */
    static void cut(Channel open) {
        try {
            open.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException closed) {
            LOG.trace("{} is closed", open, closed);
        }
        var _ = open.close();
    }

    private Channel made(Channel open) {
        channel = open;
        if (killed) {
            var _ = open.close();
        }
        return open;
    }

    private void write(Channel open, HttpRequest request, CompletableFuture<HttpResponse> answer) {
        if (!open.isActive()) {
            answer.completeExceptionally(new ConnectionKilled("The connection was closed before the call"));
        } else if (!wire.use()) {
            answer.completeExceptionally(new ConnectionKilled("The call was given up before anything of it was sent"));
        } else {
            answers.expect(answer, request.method().name().equals("HEAD"));
            RequestWriter.write(open, request, streams);
        }
    }

    /** Ends what a connection carries. */
    static final class ConnectionKilled extends RuntimeException {
        ConnectionKilled(String why) {
            super(why, null, false, false);
        }
    }
}
