package io.bulwark.load.drive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The bytes between sockets and requests or answers; one for all connections of a thread. */
final class Buffers {
    private static final int SIZE = 64 * 1024;

    private final ByteBuffer outgoing = ByteBuffer.allocateDirect(SIZE);
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(SIZE);
    private final byte[] bytes = new byte[SIZE];

    /** Writes from this place on, and returns how many bytes the socket took. */
    int write(SocketChannel channel, byte[] request, int from) throws IOException {
        outgoing.clear();
        outgoing.put(request, from, Math.min(request.length - from, SIZE));
        outgoing.flip();
        return channel.write(outgoing);
    }

    /** Reads once, and returns how many of {@link #bytes} came; negative at the end. */
    int read(SocketChannel channel) throws IOException {
        incoming.clear();
        int count = channel.read(incoming);
        if (count > 0) {
            incoming.flip();
            incoming.get(bytes, 0, count);
        }
        return count;
    }

    byte[] bytes() {
        return bytes;
    }
}
