package io.bulwark.http.gateway;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;
import java.util.List;

/**
 * Reads what a service answers, and refuses what two readers could understand differently (RFC 9112, 6.3): a length
 * beside chunks, several lengths, a transfer coding other than chunks. Only used by its connection's thread.
 */
final class AnswerDecoder extends HttpResponseDecoder {
    /** Of the whole head, so that a long cookie is not taken for garbage. */
    private static final int HEAD_BYTES_MAX = 128 * 1024;

    private static final int STATUS_LINE_BYTES_MAX = 4 * 1024;
    private static final int PART_BYTES_MAX = 64 * 1024;

    private boolean toHead;

    AnswerDecoder() {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(STATUS_LINE_BYTES_MAX)
                .setMaxHeaderSize(HEAD_BYTES_MAX)
                .setMaxChunkSize(PART_BYTES_MAX)
                .setAllowDuplicateContentLengths(false)
                .setStrictLineParsing(true));
    }

    /** What the next answer belongs to: one to {@code HEAD} has no body, whatever its length says (RFC 9110, 9.3.2). */
    void expect(boolean answerToHead) {
        toHead = answerToHead;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        refuseOtherCodings(message);
        boolean interim = message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        return (toHead && !interim) || super.isContentAlwaysEmpty(message);
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("it has a length and chunks");
    }

    private static void refuseOtherCodings(HttpMessage message) {
        List<String> codings = message.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        boolean plain = codings.isEmpty()
                || (codings.size() == 1
                        && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(
                                codings.getFirst().strip()));
        if (!plain) {
            throw new IllegalArgumentException("its transfer coding is " + codings + ": expected chunked");
        }
    }
}
