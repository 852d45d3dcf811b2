package io.bulwark.http.server;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethod;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.RequestEntity;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.model.headers.RawRequestURI;
import akka.http.scaladsl.model.HttpEntity;
import akka.http.scaladsl.model.HttpProtocols;
import akka.http.scaladsl.model.Uri;
import akka.japi.Util;
import akka.util.ByteString;
import io.bulwark.http.framing.Bounds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import scala.collection.immutable.Seq;

/**
 * Reads a request that lies whole in the bytes at hand and asks for nothing special, into what Akka's parser would make
 * of it. It takes a narrow part of HTTP/1.1 (RFC 9112) that has one reading only; whatever is outside of it, wrong or
 * not, is left to the framing and to Akka.
 *
 * <p>The requests of one connection resemble each other, so a line that stands where the same one stood in the request
 * before is not read again. Not for several threads.
 */
final class WholeRequestReader {
    private static final int BODY_BYTES_MAX = 64 << 10;
    private static final int LENGTH_DIGITS_MAX = 5;
    private static final byte[] REQUEST_LINE_END = "HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Map<String, HttpMethod> METHODS = Map.of(
            "GET", HttpMethods.GET,
            "POST", HttpMethods.POST,
            "PUT", HttpMethods.PUT,
            "DELETE", HttpMethods.DELETE,
            "PATCH", HttpMethods.PATCH,
            "OPTIONS", HttpMethods.OPTIONS);
    private static final int METHOD_LENGTH_MAX = 7;

    /** Those that change how the request is read or answered, or that Akka's parser reads the value of. */
    private static final Set<String> SPECIAL = Set.of(
            "transfer-encoding",
            "expect",
            "upgrade",
            "te",
            "trailer",
            "http2-settings",
            "keep-alive",
            "proxy-connection",
            "sec-websocket-key",
            "sec-websocket-version",
            "sec-websocket-protocol",
            "sec-websocket-extensions");

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{1,255}(:[0-9]{1,5})?");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1," + LENGTH_DIGITS_MAX + "}");
    private static final boolean[] IN_TARGET =
            octets("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + "-._~!$&'()*+,;=:@/?");
    private static final boolean[] IN_NAME =
            octets("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static final Uri PLACE = Uri.apply("http://localhost/");

    private final Bounds bounds;
    private byte[] seenRequestLine = {};
    private RequestLine requestLine = new RequestLine(HttpMethods.GET, RawRequestURI.create("/"));
    /** The bytes of each line, with its end, and at the same place what it says. */
    private final List<byte[]> seen = new ArrayList<>();

    private final List<Line> lines = new ArrayList<>();
    private Optional<Seq<akka.http.scaladsl.model.HttpHeader>> headers = Optional.empty();

    WholeRequestReader(Bounds bounds) {
        this.bounds = bounds;
    }

    /** What the bytes hold. */
    sealed interface Read {
        /**
         * A request.
         *
         * @param bytes that it takes, from the first
         * @param last whether the client wants the connection to end with its answer
         */
        record Whole(HttpRequest request, int bytes, boolean last) implements Read {}

        /** The beginning of a request that may be one for this reader when the rest is there. */
        record Incomplete() implements Read {}

        /** Something that is for the framing and Akka to read from its first byte. */
        record Special() implements Read {}
    }

    private static final Read INCOMPLETE = new Read.Incomplete();
    private static final Read SPECIALLY = new Read.Special();

    private record RequestLine(HttpMethod method, HttpHeader target) {}

    /** What a header line says. */
    private sealed interface Line {
        record Plain(HttpHeader header) implements Line {}

        record Host(HttpHeader header) implements Line {}

        record Length(int length) implements Line {}

        record Type(ContentType type) implements Line {}

        /** {@code Connection: keep-alive}, which says what is so anyway. */
        record KeepAlive() implements Line {}

        /** {@code Connection: close}. */
        record Close() implements Line {}
    }

    /** Reads the request that begins with the first of these bytes. */
    Read read(ByteString input) {
        byte[] bytes = input.toArrayUnsafe();
        int end = lineEnd(bytes, 0);
        if (end < 0) {
            return tooLongOr(bytes);
        }
        return isLine(seenRequestLine, bytes, 0) || isRequestLine(Arrays.copyOf(bytes, end))
                ? fields(input, bytes, end)
                : SPECIALLY;
    }

    private Read fields(ByteString input, byte[] bytes, int from) {
        int at = from;
        for (int index = 0; ; index++) {
            if (at + 1 < bytes.length && bytes[at] == '\r' && bytes[at + 1] == '\n') {
                return atEndOfHead(input, at + 2, index);
            }
            boolean known = index < seen.size() && isLine(seen.get(index), bytes, at);
            int end = known ? at + seen.get(index).length : lineEnd(bytes, at);
            if (end < 0) {
                return tooLongOr(bytes);
            }
            if (index >= bounds.fieldsMax() || !(known || isLineFor(index, Arrays.copyOfRange(bytes, at, end)))) {
                return SPECIALLY;
            }
            at = end;
        }
    }

    /** Takes the line for the one that stands here from now on, if it is one for this reader. */
    private boolean isLineFor(int index, byte[] bytes) {
        Optional<Line> read = line(bytes);
        if (read.isEmpty()) {
            return false;
        }
        forgetFrom(index);
        seen.add(bytes);
        lines.add(read.get());
        return true;
    }

    private void forgetFrom(int index) {
        if (index < lines.size()) {
            seen.subList(index, seen.size()).clear();
            lines.subList(index, lines.size()).clear();
        }
        headers = Optional.empty();
    }

    private Read tooLongOr(byte[] bytes) {
        return bytes.length > bounds.headBytesMax() ? SPECIALLY : INCOMPLETE;
    }

    private Read atEndOfHead(ByteString input, int headBytes, int fields) {
        if (fields < lines.size()) {
            forgetFrom(fields);
        }
        Optional<Framed> framed = framed();
        if (framed.isEmpty() || headBytes > bounds.headBytesMax()) {
            return SPECIALLY;
        }
        int length = framed.get().length();
        if (length > Math.min(BODY_BYTES_MAX, bounds.bodyBytesMax())) {
            return SPECIALLY;
        }
        if (input.size() < headBytes + length) {
            return INCOMPLETE;
        }
        return new Read.Whole(
                request(framed.get().type(), input.slice(headBytes, headBytes + length)),
                headBytes + length,
                framed.get().last());
    }

    private record Framed(int length, Optional<ContentType> type, boolean last) {}

    /** What the lines say of the body; nothing when one of them is there twice, or the host is not named. */
    private Optional<Framed> framed() {
        int hosts = 0;
        int lengths = 0;
        int types = 0;
        int length = 0;
        Optional<ContentType> type = Optional.empty();
        boolean last = false;
        for (Line line : lines) {
            switch (line) {
                case Line.Plain plain -> {}
                case Line.KeepAlive keepAlive -> {}
                case Line.Close close -> last = true;
                case Line.Host host -> hosts++;
                case Line.Length(int value) -> {
                    lengths++;
                    length = value;
                }
                case Line.Type(ContentType value) -> {
                    types++;
                    type = Optional.of(value);
                }
            }
        }
        return hosts == 1 && lengths <= 1 && types <= 1
                ? Optional.of(new Framed(length, type, last))
                : Optional.empty();
    }

    private HttpRequest request(Optional<ContentType> type, ByteString body) {
        return akka.http.scaladsl.model.HttpRequest.apply(
                (akka.http.scaladsl.model.HttpMethod) requestLine.method,
                PLACE,
                headers(),
                (akka.http.scaladsl.model.RequestEntity) entity(type, body),
                HttpProtocols.HTTP$div1$u002E1());
    }

    private static RequestEntity entity(Optional<ContentType> type, ByteString body) {
        if (type.isEmpty() && body.isEmpty()) {
            return HttpEntity.Empty();
        }
        return akka.http.javadsl.model.HttpEntities.create(type.orElse(ContentTypes.APPLICATION_OCTET_STREAM), body);
    }

    private Seq<akka.http.scaladsl.model.HttpHeader> headers() {
        return headers.orElseGet(() -> {
            List<akka.http.scaladsl.model.HttpHeader> list = new ArrayList<>(lines.size() + 1);
            list.add((akka.http.scaladsl.model.HttpHeader) requestLine.target);
            for (Line line : lines) {
                switch (line) {
                    case Line.Plain(var header) -> list.add((akka.http.scaladsl.model.HttpHeader) header);
                    case Line.Host(var header) -> list.add((akka.http.scaladsl.model.HttpHeader) header);
                    case Line.Length length -> {}
                    case Line.Type type -> {}
                    case Line.KeepAlive keepAlive -> {}
                    case Line.Close close -> {}
                }
            }
            Seq<akka.http.scaladsl.model.HttpHeader> made = Util.immutableSeq(list);
            headers = Optional.of(made);
            return made;
        });
    }

    private boolean isRequestLine(byte[] line) {
        int blank = indexOf(line, ' ', 0, Math.min(line.length, METHOD_LENGTH_MAX + 1));
        int end = line.length - REQUEST_LINE_END.length;
        if (blank < 0
                || end <= blank + 2
                || line[blank + 1] != '/'
                || line[end - 1] != ' '
                || !Arrays.equals(line, end, line.length, REQUEST_LINE_END, 0, REQUEST_LINE_END.length)
                || end - 2 - blank > bounds.targetBytesMax()
                || !areAll(IN_TARGET, line, blank + 1, end - 1)) {
            return false;
        }
        HttpMethod method = METHODS.get(text(line, 0, blank));
        if (method == null) {
            return false;
        }
        requestLine = new RequestLine(method, RawRequestURI.create(text(line, blank + 1, end - 1)));
        seenRequestLine = line;
        headers = Optional.empty();
        return true;
    }

    private Optional<Line> line(byte[] line) {
        int colon = indexOf(line, ':', 0, line.length);
        int end = line.length - 2;
        if (colon < 1
                || colon >= end
                || line[end] != '\r'
                || colon > bounds.nameBytesMax()
                || !areAll(IN_NAME, line, 0, colon)
                || !areVisibleOrBlank(line, colon + 1, end)) {
            return Optional.empty();
        }
        return line(text(line, 0, colon), text(line, colon + 1, end).strip());
    }

    private static Optional<Line> line(String name, String value) {
        String lowerCase = name.toLowerCase(Locale.ROOT);
        if (SPECIAL.contains(lowerCase)) {
            return Optional.empty();
        }
        return switch (lowerCase) {
            case "host" ->
                HOST.matcher(value).matches()
                        ? Optional.of(new Line.Host(RawHeader.create(name, value)))
                        : Optional.empty();
            case "content-length" ->
                LENGTH.matcher(value).matches()
                        ? Optional.of(new Line.Length(Integer.parseInt(value)))
                        : Optional.empty();
            case "content-type" -> type(value).map(Line.Type::new);
            case "connection" -> connection(value.toLowerCase(Locale.ROOT));
            default -> Optional.of(new Line.Plain(RawHeader.create(name, value)));
        };
    }

    private static Optional<Line> connection(String value) {
        return switch (value) {
            case "keep-alive" -> Optional.of(new Line.KeepAlive());
            case "close" -> Optional.of(new Line.Close());
            default -> Optional.empty();
        };
    }

    private static Optional<ContentType> type(String value) {
        try {
            return Optional.of(ContentTypes.parse(value));
        } catch (NoSuchElementException itIsNone) {
            return Optional.empty();
        }
    }

    /** Where the line that begins there ends, behind its line feed; negative when it does not. */
    private static int lineEnd(byte[] bytes, int from) {
        int lineFeed = indexOf(bytes, '\n', from, bytes.length);
        return lineFeed < 0 ? -1 : lineFeed + 1;
    }

    private static boolean isLine(byte[] line, byte[] bytes, int at) {
        return line.length > 0
                && at + line.length <= bytes.length
                && Arrays.equals(line, 0, line.length, bytes, at, at + line.length);
    }

    private static int indexOf(byte[] bytes, char wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    private static boolean areAll(boolean[] allowed, byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] < 0 || !allowed[bytes[i]]) {
                return false;
            }
        }
        return true;
    }

    private static boolean areVisibleOrBlank(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if ((bytes[i] < ' ' && bytes[i] != '\t') || bytes[i] == 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static boolean[] octets(String characters) {
        boolean[] octets = new boolean[128];
        characters.chars().forEach(octet -> octets[octet] = true);
        return octets;
    }
}
