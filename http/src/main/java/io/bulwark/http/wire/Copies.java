package io.bulwark.http.wire;

import akka.util.ByteString;
import io.netty.buffer.ByteBuf;

/** Bytes that outlive the buffer in which they came. */
public final class Copies {
    private Copies() {}

    /** All that can be read from the buffer; the buffer stays the caller's. */
    public static ByteString of(ByteBuf buffer) {
        byte[] copy = new byte[buffer.readableBytes()];
        buffer.readBytes(copy);
        return ByteString.fromArrayUnsafe(copy);
    }
}
