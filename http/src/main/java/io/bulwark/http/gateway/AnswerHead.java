package io.bulwark.http.gateway;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpProtocols;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.ResponseEntity;
import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The head of an answer as Netty read it, in the terms in which the gateway passes it on. */
final class AnswerHead {
    private static final int STATUS_MIN = 100;
    private static final int STATUS_MAX = 599;
    private static final long UNKNOWN_LENGTH = -1;

    /** Services say the same again and again, and reading a content type costs a parser. */
    private static volatile Read lastRead = new Read("", ContentTypes.NO_CONTENT_TYPE);

    private AnswerHead() {}

    private record Read(String text, ContentType type) {}

    /** Whether HTTP knows such a status (RFC 9110, 15). */
    static boolean isOfHttp(int status) {
        return status >= STATUS_MIN && status <= STATUS_MAX;
    }

    /** An answer with its whole body. */
    static HttpResponse whole(io.netty.handler.codec.http.HttpResponse head, ByteString body) {
        return with(head, HttpEntities.create(typeOf(head), body));
    }

    /** An answer without a body that says how long the body would be. */
    static HttpResponse toHead(io.netty.handler.codec.http.HttpResponse head) {
        long length = HttpUtil.getContentLength(head, 0L);
        return length > 0
                ? with(head, HttpEntities.create(typeOf(head), length, Source.empty()))
                : whole(head, ByteString.emptyByteString());
    }

    /** An answer whose body is under way. */
    static HttpResponse begun(io.netty.handler.codec.http.HttpResponse head, Source<ByteString, ?> body) {
        long length = HttpUtil.getContentLength(head, UNKNOWN_LENGTH);
        Source<ByteString, Object> data = body.mapMaterializedValue(mat -> mat);
        if (length > 0) {
            return with(head, HttpEntities.create(typeOf(head), length, data));
        }
        return with(
                head,
                HttpUtil.isTransferEncodingChunked(head)
                        ? HttpEntities.createChunked(typeOf(head), data)
                        : HttpEntities.createCloseDelimited(typeOf(head), data));
    }

    /** A status, be it one of a list or not. */
    static StatusCode status(int status) {
        return StatusCodes.lookup(status).orElseGet(() -> StatusCodes.custom(status, "", "", status < 400, true));
    }

    /** A content type, or that of any bytes when the text is none. */
    static ContentType contentType(String text) {
        Read known = lastRead;
        if (!known.text.equals(text)) {
            known = new Read(text, parsed(text));
            lastRead = known;
        }
        return known.type;
    }

    private static ContentType parsed(String text) {
        try {
            return ContentTypes.parse(text);
        } catch (NoSuchElementException itIsNone) {
            return ContentTypes.APPLICATION_OCTET_STREAM;
        }
    }

    private static HttpResponse with(io.netty.handler.codec.http.HttpResponse head, ResponseEntity entity) {
        return HttpResponse.create()
                .withStatus(status(head.status().code()))
                .withProtocol(
                        head.protocolVersion().equals(HttpVersion.HTTP_1_1)
                                ? HttpProtocols.HTTP_1_1
                                : HttpProtocols.HTTP_1_0)
                .withHeaders(headers(head))
                .withEntity(entity);
    }

    private static ContentType typeOf(io.netty.handler.codec.http.HttpResponse head) {
        @Nullable String text = head.headers().get(HttpHeaderNames.CONTENT_TYPE);
        return text == null ? ContentTypes.NO_CONTENT_TYPE : contentType(FieldText.fromWire(text));
    }

    /** All but those that the entity says. */
    private static List<HttpHeader> headers(io.netty.handler.codec.http.HttpResponse head) {
        List<HttpHeader> headers = new ArrayList<>(head.headers().size());
        for (Map.Entry<String, String> field : head.headers()) {
            String name = field.getKey();
            boolean ofEntity = HttpHeaderNames.CONTENT_TYPE.contentEqualsIgnoreCase(name)
                    || HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
                    || HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name);
            if (!ofEntity) {
                headers.add(RawHeader.create(name, FieldText.fromWire(field.getValue())));
            }
        }
        return headers;
    }
}
