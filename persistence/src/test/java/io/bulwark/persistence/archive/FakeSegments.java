package io.bulwark.persistence.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** Segments that look like those of a server from outside. */
final class FakeSegments {
    private FakeSegments() {}

    static final SegmentSize SMALL = new SegmentSize(1 << 20);

    /**
     * A header, and content that is always small.
     *
     * @param size that the header tells
     */
    static byte[] segment(long system, long number, SegmentSize size) {
        byte[] bytes = new byte[SMALL.bytes()];
        new SplittableRandom(number).nextBytes(bytes);
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        header.putShort((short) 0xD118).putShort((short) 2).putInt(1);
        header.putLong(size.start(number).value()).putInt(0).putInt(0);
        header.putLong(system).putInt(size.bytes()).putInt(8192);
        return bytes;
    }
}
