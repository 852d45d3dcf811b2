package io.bulwark.http.server;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One connection on which a test writes whatever bytes it likes and reads the answers. */
public final class RawClient implements Closeable {
    private static final int READ_MILLIS_MAX = 30_000;

    private final Socket socket = new Socket();
    private final PushbackInputStream in;

    /** Connects. */
    public RawClient(InetSocketAddress address) throws IOException {
        socket.connect(address);
        socket.setSoTimeout(READ_MILLIS_MAX);
        socket.setTcpNoDelay(true);
        in = new PushbackInputStream(socket.getInputStream());
    }

    /** One answer as it came. */
    public record Answer(int status, List<String> headers, String body) {
        /** The value of the first header of this name. */
        public Optional<String> header(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .findFirst();
        }

        /** The problem's name, or the body when it is no problem. */
        public String problem() {
            String marker = "urn:bulwark:problem:";
            int at = body.indexOf(marker);
            return at < 0 ? body : body.substring(at + marker.length(), body.indexOf('"', at));
        }
    }

    /** Writes text as ISO 8859-1, which stands for bytes. */
    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Writes bytes. */
    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Says that nothing more is sent. */
    public RawClient finish() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Reads one answer. */
    public Answer read() throws IOException {
        String head = line();
        if (head.isEmpty()) {
            throw new IOException("The connection ended before an answer");
        }
        List<String> headers = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            headers.add(line);
        }
        Answer bare = new Answer(Integer.parseInt(head.split(" ", 3)[1]), headers, "");
        int length = bare.header("content-length").map(Integer::parseInt).orElse(0);
        return new Answer(bare.status(), headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    /** Whether the other side has sent something, or does so within this time. */
    public boolean hasAnswer(Duration within) throws IOException {
        socket.setSoTimeout(Math.toIntExact(within.toMillis()));
        try {
            int octet = in.read();
            in.unread(octet);
            return true;
        } catch (SocketTimeoutException nothingYet) {
            return false;
        } finally {
            socket.setSoTimeout(READ_MILLIS_MAX);
        }
    }

    /** Reads until the other side closes, which must leave nothing. */
    public String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
            if (octet != '\r') {
                line.write(octet);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
