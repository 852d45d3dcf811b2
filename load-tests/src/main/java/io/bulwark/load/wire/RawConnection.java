package io.bulwark.load.wire;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** One connection on which exactly the given bytes are sent, and whatever comes back is read. */
public final class RawConnection implements AutoCloseable {
    private final SocketChannel channel;
    private final Socket socket;
    private final HttpReader reader;

    private RawConnection(SocketChannel channel, Duration readWithin) throws IOException {
        this.channel = channel;
        this.socket = channel.socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) readWithin.toMillis());
        this.reader = new HttpReader(new BufferedInputStream(socket.getInputStream()));
    }

    /**
     * Connects to the host and port of an address.
     *
     * @param readWithin the longest wait for one byte, after which reading fails with a SocketTimeoutException
     */
    public static RawConnection to(URI address, Duration readWithin) throws IOException {
        return to(address, readWithin, readWithin);
    }

    /**
     * The same.
     *
     * @param connectWithin the longest wait for the connection
     * @throws java.net.ConnectException when there is none, so that nothing can have been sent
     */
    public static RawConnection to(URI address, Duration connectWithin, Duration readWithin) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(new InetSocketAddress(address.getHost(), address.getPort()), (int)
                    connectWithin.toMillis());
            return new RawConnection(channel, readWithin);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Whether the peer has neither closed it nor sent anything that nobody has read. For a connection at rest. */
    public boolean isQuiet() {
        try {
            channel.configureBlocking(false);
            boolean quiet = channel.read(ByteBuffer.allocate(1)) == 0;
            channel.configureBlocking(true);
            return quiet;
        } catch (IOException e) {
            return false;
        }
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

    /**
     * The same.
     *
     * @param method of the request that it answers
     */
    public Optional<HttpMessage> answerTo(String method) throws IOException {
        return reader.answerTo(method);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
