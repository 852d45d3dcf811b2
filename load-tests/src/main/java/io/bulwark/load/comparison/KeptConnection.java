package io.bulwark.load.comparison;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One HTTP/1.1 connection for one request at a time whose answer's body is needed, at little cost: nothing is made of
 * the head but the status and the length. For one thread.
 */
final class KeptConnection implements AutoCloseable {
    private static final int ANSWER_MAX = 16 * 1024;
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final String LENGTH = "\r\ncontent-length:";
    private static final int STATUS_AT = "HTTP/1.1 ".length();
    private static final int CASE = 0x20;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final byte[] buffer = new byte[ANSWER_MAX];
    private int filled;

    /** An answer. */
    record Answer(int status, String body) {}

    KeptConnection(InetSocketAddress address) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) ANSWER_WITHIN.toMillis());
        socket.connect(address, (int) ANSWER_WITHIN.toMillis());
        this.in = socket.getInputStream();
    }

    /** Sends a whole request and reads the whole answer; bodies must have a {@code Content-Length}. */
    Answer exchange(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        filled = 0;
        int head = head();
        int status = Integer.parseInt(text(STATUS_AT, STATUS_AT + 3));
        int end = head + (status == 204 || status == 304 ? 0 : length(head));
        while (filled < end) {
            fill();
        }
        return new Answer(status, text(head, end));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Reads on until the head is there, and returns where it ends. */
    private int head() throws IOException {
        int from = 0;
        while (true) {
            fill();
            for (int i = from; i + 4 <= filled; i++) {
                if (buffer[i] == '\r' && buffer[i + 1] == '\n' && buffer[i + 2] == '\r' && buffer[i + 3] == '\n') {
                    return i + 4;
                }
            }
            from = Math.max(0, filled - 3);
        }
    }

    private int length(int head) throws IOException {
        for (int i = 0; i + LENGTH.length() < head; i++) {
            if (isLengthAt(i)) {
                int end = i + LENGTH.length();
                while (buffer[end] != '\r') {
                    end++;
                }
                return Integer.parseInt(text(i + LENGTH.length(), end).strip());
            }
        }
        throw new ProtocolException("An answer without a length: " + text(0, head));
    }

    private boolean isLengthAt(int at) {
        for (int i = 0; i < LENGTH.length(); i++) {
            int seen = buffer[at + i];
            int lower = seen >= 'A' && seen <= 'Z' ? seen | CASE : seen;
            if (lower != LENGTH.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void fill() throws IOException {
        if (filled == buffer.length) {
            throw new ProtocolException("An answer of more than " + buffer.length + " bytes");
        }
        int read = in.read(buffer, filled, buffer.length - filled);
        if (read < 0) {
            throw new EOFException("The connection ended in the middle of an answer");
        }
        filled += read;
    }

    private String text(int from, int to) {
        return new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
