package io.bulwark.load.wire;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** One connection on which exactly the given bytes are sent, and whatever comes back is read. */
public final class RawConnection implements AutoCloseable {
    private final Socket socket;
    private final HttpReader reader;

    private RawConnection(Socket socket, HttpReader reader) {
        this.socket = socket;
        this.reader = reader;
    }

    /**
     * Connects to the host and port of an address.
     *
     * @param readWithin the longest wait for one byte, after which reading fails with a SocketTimeoutException
     */
    public static RawConnection to(URI address, Duration readWithin) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), (int) readWithin.toMillis());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) readWithin.toMillis());
        return new RawConnection(socket, new HttpReader(new BufferedInputStream(socket.getInputStream())));
    }

    /** Sends these characters as ISO 8859-1, so that each is one byte. */
    public void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends these bytes. */
    public void send(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    /** Says that no more will be sent, and goes on reading. */
    public void endSending() throws IOException {
        socket.shutdownOutput();
    }

    /** The next answer, or nothing when the peer closed the connection without one. */
    public Optional<HttpMessage> answer() throws IOException {
        return reader.answer();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
