package io.bulwark.load.wire;

import io.bulwark.load.wire.HttpMessage.Field;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads HTTP/1.1 messages (RFC 9112) from a stream, one after the other; strict only where a body's length is concerned. */
public final class HttpReader {
    /** The most bytes of a body; a longer one is an error. */
    public static final int BODY_MAX = 16 * 1024 * 1024;

    private static final int LINE_MAX = 64 * 1024;

    private final InputStream in;

    public HttpReader(InputStream in) {
        this.in = in;
    }

    /** The next request, or nothing when the peer closed the connection before its first byte. */
    public Optional<HttpMessage> request() throws IOException {
        String startLine = line();
        if (startLine.isEmpty()) {
            return Optional.empty();
        }
        List<Field> headers = fields();
        HttpMessage head = new HttpMessage(startLine, headers, "");
        return Optional.of(
                new HttpMessage(startLine, headers, latin(framed(head).orElse(new byte[0]))));
    }

    /** The next answer, or nothing when the peer closed the connection before its first byte. */
    public Optional<HttpMessage> answer() throws IOException {
        return answerTo("GET");
    }

    /**
     * The same.
     *
     * @param method of the request that it answers; after HEAD there is no body, whatever the length says
     */
    public Optional<HttpMessage> answerTo(String method) throws IOException {
        String startLine = line();
        if (startLine.isEmpty()) {
            return Optional.empty();
        }
        List<Field> headers = fields();
        HttpMessage head = new HttpMessage(startLine, headers, "");
        boolean bare = method.equals("HEAD") || hasNoBody(head.status());
        byte[] body = bare ? new byte[0] : bodyOfAnswer(head);
        return Optional.of(new HttpMessage(startLine, headers, latin(body)));
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static boolean hasNoBody(int status) {
        return status < 200 || status == 204 || status == 304;
    }

    private byte[] bodyOfAnswer(HttpMessage head) throws IOException {
        Optional<byte[]> framed = framed(head);
        return framed.isPresent() ? framed.get() : in.readNBytes(BODY_MAX);
    }

    private Optional<byte[]> framed(HttpMessage head) throws IOException {
        if (head.header("Transfer-Encoding").isPresent()) {
            return Optional.of(chunks());
        }
        Optional<String> length = head.header("Content-Length");
        return length.isEmpty() ? Optional.empty() : Optional.of(exactly(Integer.parseInt(length.get())));
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.writeBytes(exactly(size));
            line();
        }
        fields();
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line().split(";", 2)[0].trim(), 16);
    }

    private byte[] exactly(int length) throws IOException {
        if (length > BODY_MAX) {
            throw new IOException("A body of " + length + " bytes: expected at most " + BODY_MAX);
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("The body stopped after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    private List<Field> fields() throws IOException {
        List<Field> fields = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("The header line '" + line + "' has no name");
            }
            fields.add(new Field(
                    line.substring(0, colon), line.substring(colon + 1).trim()));
        }
        return fields;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (line.size() == LINE_MAX) {
                throw new IOException("A line of more than " + LINE_MAX + " bytes");
            }
            line.write(b);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
