package io.bulwark.load.drive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads answers of HTTP/1.1 (RFC 9112) from whatever pieces arrive, and makes no object for what it reads.
 *
 * <pre>
 * STATUS → HEADERS → BODY | CHUNK_SIZE ⇄ CHUNK, CHUNK_END … → TRAILERS | UNTIL_CLOSE → DONE
 *    ↑________| after 1xx
 * </pre>
 */
final class AnswerReader implements Answer {
    private static final int LINE_MAX = 8 * 1024;
    private static final long LENGTH_MAX = 1L << 40;
    private static final byte[] CONTENT_LENGTH = ascii("content-length:");
    private static final byte[] TRANSFER_ENCODING = ascii("transfer-encoding:");
    private static final byte[] CONNECTION = ascii("connection:");
    private static final byte[] CHUNKED = ascii("chunked");
    private static final byte[] CLOSE = ascii("close");

    private final boolean keepsBody;
    private Phase phase = Phase.STATUS;
    private int status;
    private long left;
    private boolean hasLength;
    private boolean chunked;
    private boolean reusable;
    /** Of a line that came in several pieces: what has come. */
    private byte[] piece = new byte[256];

    private int pieceLength;
    private byte[] body = new byte[0];
    private int bodyLength;

    /** @param keepsBody whether bodies are to be seen; otherwise they are passed over */
    AnswerReader(boolean keepsBody) {
        this.keepsBody = keepsBody;
        begin();
    }

    /** Makes it ready for the next answer. */
    void begin() {
        phase = Phase.STATUS;
        pieceLength = 0;
        bodyLength = 0;
        reusable = true;
        beginHead();
    }

    /**
     * Reads on.
     *
     * @return how many of the bytes belong to this answer
     * @throws IOException when they are no answer
     */
    int read(byte[] bytes, int from, int to) throws IOException {
        int at = from;
        while (at < to && phase != Phase.DONE) {
            at = switch (phase) {
                case STATUS, HEADERS, CHUNK_SIZE, CHUNK_END, TRAILERS -> readLine(bytes, at, to);
                case BODY, CHUNK, UNTIL_CLOSE -> readBody(bytes, at, to);
                case DONE -> at;
            };
        }
        return at - from;
    }

    /** Whether the answer is complete. */
    boolean isDone() {
        return phase == Phase.DONE;
    }

    /** Whether the end of the connection now would be the end of the answer. */
    boolean endsWithConnection() {
        return phase == Phase.UNTIL_CLOSE;
    }

    /** Whether another request may follow on the connection. */
    boolean isReusable() {
        return reusable;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public int length() {
        return bodyLength;
    }

    private void beginHead() {
        status = 0;
        left = 0;
        hasLength = false;
        chunked = false;
    }

    private int readLine(byte[] bytes, int at, int to) throws IOException {
        int end = at;
        while (end < to && bytes[end] != '\n') {
            end++;
        }
        if (end == to || pieceLength > 0) {
            keepPiece(bytes, at, end);
        }
        if (end == to) {
            return to;
        }
        if (pieceLength > 0) {
            int length = pieceLength;
            pieceLength = 0;
            takeLine(piece, 0, length);
        } else {
            takeLine(bytes, at, end);
        }
        return end + 1;
    }

    private void keepPiece(byte[] bytes, int at, int end) throws IOException {
        int length = end - at;
        if (pieceLength + length > LINE_MAX) {
            throw new IOException("a line of an answer has more than " + LINE_MAX + " bytes");
        }
        if (pieceLength + length > piece.length) {
            piece = Arrays.copyOf(piece, Math.max(2 * piece.length, pieceLength + length));
        }
        System.arraycopy(bytes, at, piece, pieceLength, length);
        pieceLength += length;
    }

    private void takeLine(byte[] bytes, int from, int lineEnd) throws IOException {
        int to = lineEnd > from && bytes[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
        switch (phase) {
            case STATUS -> takeStatus(bytes, from, to);
            case HEADERS -> takeHeader(bytes, from, to);
            case CHUNK_SIZE -> takeChunkSize(bytes, from, to);
            case CHUNK_END -> phase = expectEmpty(bytes, from, to, Phase.CHUNK_SIZE);
            case TRAILERS -> phase = from == to ? Phase.DONE : Phase.TRAILERS;
            case BODY, CHUNK, UNTIL_CLOSE, DONE -> throw new IllegalStateException("No line is read in " + phase);
        }
    }

    /** {@code HTTP/1.1 200 OK}: the number stands at a fixed place. */
    private void takeStatus(byte[] bytes, int from, int to) throws IOException {
        if (to - from < 12 || bytes[from] != 'H' || bytes[from + 5] != '1' || bytes[from + 8] != ' ') {
            throw new IOException(
                    "an answer begins with '" + text(bytes, from, to) + "': expected HTTP/1.1 and a status");
        }
        status = (int) number(bytes, from + 9, from + 12, 10);
        reusable = bytes[from + 7] != '0';
        phase = Phase.HEADERS;
    }

    private void takeHeader(byte[] bytes, int from, int to) throws IOException {
        if (from == to) {
            phase = afterHead();
        } else if (begins(bytes, from, to, CONTENT_LENGTH)) {
            left = number(bytes, from + CONTENT_LENGTH.length, to, 10);
            hasLength = true;
        } else if (begins(bytes, from, to, TRANSFER_ENCODING)) {
            chunked = ends(bytes, from, to, CHUNKED);
        } else if (begins(bytes, from, to, CONNECTION) && ends(bytes, from, to, CLOSE)) {
            reusable = false;
        }
    }

    private Phase afterHead() {
        if (status < 200) {
            beginHead();
            return Phase.STATUS;
        } else if (status == 204 || status == 304) {
            return Phase.DONE;
        } else if (chunked) {
            return Phase.CHUNK_SIZE;
        } else if (hasLength) {
            return left == 0 ? Phase.DONE : Phase.BODY;
        }
        reusable = false;
        left = Long.MAX_VALUE;
        return Phase.UNTIL_CLOSE;
    }

    private void takeChunkSize(byte[] bytes, int from, int to) throws IOException {
        int end = from;
        while (end < to && bytes[end] != ';') {
            end++;
        }
        left = number(bytes, from, end, 16);
        phase = left == 0 ? Phase.TRAILERS : Phase.CHUNK;
    }

    private int readBody(byte[] bytes, int at, int to) throws IOException {
        int count = (int) Math.min(left, to - at);
        if (keepsBody) {
            keepBody(bytes, at, count);
        }
        left -= count;
        if (left == 0) {
            phase = phase == Phase.CHUNK ? Phase.CHUNK_END : Phase.DONE;
        }
        return at + count;
    }

    private void keepBody(byte[] bytes, int at, int count) throws IOException {
        if (bodyLength + count > BODY_MAX) {
            throw new IOException("a body has more than " + BODY_MAX + " bytes");
        }
        if (bodyLength + count > body.length) {
            body = Arrays.copyOf(body, Math.max(Math.max(512, 2 * body.length), bodyLength + count));
        }
        System.arraycopy(bytes, at, body, bodyLength, count);
        bodyLength += count;
    }

    private static Phase expectEmpty(byte[] bytes, int from, int to, Phase next) throws IOException {
        if (from != to) {
            throw new IOException("a chunk is followed by '" + text(bytes, from, to) + "': expected an empty line");
        }
        return next;
    }

    /** Of digits with spaces around them. */
    private static long number(byte[] bytes, int from, int to, int radix) throws IOException {
        long value = 0;
        int digits = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(bytes[i], radix);
            if (digit >= 0 && value < LENGTH_MAX) {
                value = value * radix + digit;
                digits++;
            } else if (bytes[i] != ' ' && bytes[i] != '\t') {
                throw new IOException("'" + text(bytes, from, to) + "' is no number from 0 to " + LENGTH_MAX);
            }
        }
        if (digits == 0) {
            throw new IOException("a length or status is missing in an answer");
        }
        return value;
    }

    private static boolean begins(byte[] bytes, int from, int to, byte[] lowerCase) {
        return to - from >= lowerCase.length && matches(bytes, from, lowerCase);
    }

    private static boolean ends(byte[] bytes, int from, int to, byte[] lowerCase) {
        int end = to;
        while (end > from && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
            end--;
        }
        return end - from >= lowerCase.length && matches(bytes, end - lowerCase.length, lowerCase);
    }

    /** Setting bit 5 makes letters small, and leaves hyphen and colon as they are. */
    private static boolean matches(byte[] bytes, int from, byte[] lowerCase) {
        for (int i = 0; i < lowerCase.length; i++) {
            if ((bytes[from + i] | 0x20) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, Math.min(to - from, 80), StandardCharsets.ISO_8859_1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private enum Phase {
        STATUS,
        HEADERS,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILERS,
        UNTIL_CLOSE,
        DONE
    }
}
