package io.bulwark.http.gateway;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.RequestEntity;
import akka.http.javadsl.model.headers.RawRequestURI;
import akka.stream.Materializer;
import akka.stream.javadsl.Sink;
import io.bulwark.http.wire.SentBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.OptionalLong;
import java.util.Set;

/** Writes a request to a connection: at once when its body is in memory, otherwise as the body comes. */
final class RequestWriter {
    /** A length is told even when it is 0, because a body would be expected (RFC 9110, 8.6). */
    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

    private RequestWriter() {}

    /** Writes on the connection's own thread; what fails ends the connection. */
    static void write(Channel channel, HttpRequest request, Materializer streams) {
        HttpMethod method = HttpMethod.valueOf(request.method().name());
        String target = request.getHeader(RawRequestURI.class).orElseThrow().uri();
        if (request.entity() instanceof HttpEntity.Strict strict) {
            ByteBuf body = Unpooled.wrappedBuffer(strict.getData().asByteBuffer());
            var whole = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, target, body);
            head(whole.headers(), request);
            length(whole.headers(), method, strict.getData().size());
            var _ = ended(channel.writeAndFlush(whole));
        } else {
            var head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, target);
            head(head.headers(), request);
            OptionalLong length = request.entity().getContentLengthOption();
            if (length.isPresent()) {
                length(head.headers(), method, length.getAsLong());
            } else {
                head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
            var _ = ended(channel.writeAndFlush(head));
            request.entity().getDataBytes().runWith(Sink.fromSubscriber(body(channel)), streams);
        }
    }

    private static void head(HttpHeaders headers, HttpRequest request) {
        for (HttpHeader header : request.getHeaders()) {
            if (header.renderInRequests()) {
                headers.add(header.name(), FieldText.toWire(header.value()));
            }
        }
        RequestEntity entity = request.entity();
        ContentType type = entity.getContentType();
        if (!entity.isKnownEmpty() && !type.equals(ContentTypes.NO_CONTENT_TYPE)) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, type.toString());
        }
    }

    private static void length(HttpHeaders headers, HttpMethod method, long length) {
        if (length > 0 || WITH_BODY.contains(method.name())) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, length);
        }
    }

    private static SentBytes body(Channel channel) {
        return new SentBytes(
                channel,
                DefaultHttpContent::new,
                () -> {
                    var _ = ended(channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
                },
                failure -> Connection.cut(channel));
    }

    /** A request that is not written whole leaves the connection in no state to go on in. */
    private static ChannelFuture ended(ChannelFuture writing) {
        return writing.addListener((ChannelFuture written) -> {
            if (!written.isSuccess()) {
                written.channel().pipeline().fireExceptionCaught(written.cause());
            }
        });
    }
}
