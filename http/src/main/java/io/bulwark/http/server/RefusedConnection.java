package io.bulwark.http.server;

import akka.util.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A connection too many: it is told so, whatever it sends, and what it sends is dropped for a moment, because closing on
 * unread bytes can overtake the answer (RFC 9112, 9.6).
 */
final class RefusedConnection extends SimpleChannelInboundHandler<ByteBuf> {
    private final Duration linger;
    private final ByteString answer;

    RefusedConnection(ListenerSettings settings, ByteString answer) {
        this.linger = settings.shortestDeadline()
                .multipliedBy(RequestFraming.LINGER_TICKS)
                .dividedBy(RequestFraming.TICKS_PER_DEADLINE);
        this.answer = answer;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        var _ = context.writeAndFlush(Unpooled.wrappedBuffer(answer.asByteBuffer()))
                .addListener(written -> {
                    if (context.channel() instanceof SocketChannel socket) {
                        var _ = socket.shutdownOutput();
                    }
                });
        var _ = context.channel().eventLoop().schedule(() -> close(context), linger.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf dropped) {}

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            close(context);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        close(context);
    }

    private static void close(ChannelHandlerContext context) {
        var _ = context.close();
    }
}
