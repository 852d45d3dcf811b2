package io.bulwark.http.server;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Writes an answer that is at hand as a whole into the bytes that Akka's renderer would make of it (RFC 9112, 4 and 6).
 * Whatever needs more than copying is left to Akka: a body that is streamed, a value that is not plain ASCII.
 */
final class AnswerWriter {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    /** The entity and the connection say these. */
    private static final Set<String> NOT_FROM_HEADERS =
            Set.of("content-length", "content-type", "transfer-encoding", "connection");

    private final InstantSource clock;
    private volatile DateLine lastDate = new DateLine(Long.MIN_VALUE, "");

    AnswerWriter(InstantSource clock) {
        this.clock = clock;
    }

    private record DateLine(long epochSecond, String text) {}

    /**
     * The bytes of the answer; nothing when it is one for Akka.
     *
     * @param last whether the connection ends with it even if it does not say so
     */
    Optional<ByteString> write(HttpResponse response, boolean last) {
        if (!(response.entity() instanceof HttpEntity.Strict entity)) {
            return Optional.empty();
        }
        Head head = new Head();
        head.add("HTTP/1.1 ")
                .add(Integer.toString(response.status().intValue()))
                .add(" ");
        head.add(response.status().reason()).endLine();
        fields(head, response, last || isLast(response));
        if (!response.status().allowsEntity()) {
            return entity.getData().isEmpty() ? head.finished(ByteString.emptyByteString()) : Optional.empty();
        }
        entity(head, entity);
        return head.finished(entity.getData());
    }

    /** Whether the answer says that the connection ends with it. */
    static boolean isLast(HttpResponse response) {
        for (HttpHeader header : response.getHeaders()) {
            if (header.is("connection") && header.value().equalsIgnoreCase("close")) {
                return true;
            }
        }
        return false;
    }

    private void fields(Head head, HttpResponse response, boolean last) {
        boolean dated = false;
        for (HttpHeader header : response.getHeaders()) {
            String name = header.lowercaseName();
            if (header.renderInResponses() && !NOT_FROM_HEADERS.contains(name)) {
                head.field(header.name(), header.value());
                dated |= name.equals("date");
            }
        }
        if (last) {
            head.field("Connection", "close");
        }
        if (!dated) {
            head.field("Date", date());
        }
    }

    private static void entity(Head head, HttpEntity.Strict entity) {
        ContentType type = entity.getContentType();
        if (!type.equals(ContentTypes.NO_CONTENT_TYPE)) {
            head.field("Content-Type", type.toString());
        }
        head.field("Content-Length", Integer.toString(entity.getData().size()));
    }

    /** RFC 9110, 6.6.1; made once a second. */
    private String date() {
        Instant now = clock.instant();
        DateLine last = lastDate;
        if (last.epochSecond != now.getEpochSecond()) {
            last = new DateLine(now.getEpochSecond(), DATE.format(now));
            lastDate = last;
        }
        return last.text;
    }

    /** The bytes of one answer. */
    private static final class Head {
        private byte[] bytes = new byte[512];
        private int length;
        private boolean plain = true;

        Head add(String text) {
            int more = text.length();
            ensure(more);
            for (int i = 0; i < more; i++) {
                char c = text.charAt(i);
                plain &= (c >= ' ' && c < 0x7f) || c == '\t';
                bytes[length + i] = (byte) c;
            }
            length += more;
            return this;
        }

        void field(String name, String value) {
            add(name).add(": ").add(value).endLine();
        }

        void endLine() {
            ensure(2);
            bytes[length++] = '\r';
            bytes[length++] = '\n';
        }

        Optional<ByteString> finished(ByteString body) {
            endLine();
            if (!plain) {
                return Optional.empty();
            }
            ensure(body.size());
            body.asByteBuffer().get(bytes, length, body.size());
            return Optional.of(ByteString.fromArrayUnsafe(bytes, 0, length + body.size()));
        }

        private void ensure(int more) {
            if (length + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
            }
        }
    }
}
