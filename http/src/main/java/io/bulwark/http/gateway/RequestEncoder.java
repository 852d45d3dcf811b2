package io.bulwark.http.gateway;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;

/** Writes requests, and tells the decoder what the next answer belongs to. */
final class RequestEncoder extends HttpRequestEncoder {
    private final AnswerDecoder decoder;

    RequestEncoder(AnswerDecoder decoder) {
        this.decoder = decoder;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof HttpRequest request) {
            decoder.expect(request.method().equals(HttpMethod.HEAD));
        }
        super.write(context, message, promise);
    }
}
