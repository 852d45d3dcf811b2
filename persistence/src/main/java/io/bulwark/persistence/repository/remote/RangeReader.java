package io.bulwark.persistence.repository.remote;

import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads an object range by range, the next range under way while one is consumed. Each range is a request with its own
 * bounds and attempts, so a slow consumer holds no connection. The end is only reported at the object's length: whatever
 * is short before is an error. Not thread-safe.
 */
public final class RangeReader extends InputStream {
    private final RangeSource source;
    private final int rangeBytes;
    private final long objectBytes;
    private byte[] range;
    private int at;
    private long nextOffset;
    private @Nullable Background<byte[]> ahead;
    private @Nullable StoreTrouble broken;
    private boolean closed;

    private RangeReader(RangeSource source, int rangeBytes, RangeSource.Range first) throws StoreTrouble {
        this.source = source;
        this.rangeBytes = rangeBytes;
        this.objectBytes = first.objectBytes();
        this.range = checked(first, 0);
        this.nextOffset = range.length;
        readAhead();
    }

    /** Reads the first range, so that an object which is not there is found here. */
    public static RangeReader open(RangeSource source, int rangeBytes) throws StoreTrouble {
        return new RangeReader(source, rangeBytes, source.read(0, rangeBytes));
    }

    @Override
    public int read() throws IOException {
        return ready() ? range[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (!ready()) {
            return -1;
        }
        int now = Math.min(length, range.length - at);
        System.arraycopy(range, at, bytes, from, now);
        at += now;
        return now;
    }

    @Override
    public int available() {
        return closed ? 0 : range.length - at;
    }

    @Override
    public void close() {
        closed = true;
        range = new byte[0];
        at = 0;
        if (ahead != null) {
            ahead.cancel();
            ahead = null;
        }
    }

    /** Whether there is a byte at {@link #at}; false at the end of the object. */
    private boolean ready() throws IOException {
        if (closed) {
            throw new IOException(source.describe() + ": the stream is closed");
        }
        if (broken != null) {
            throw broken.again();
        }
        if (at < range.length) {
            return true;
        }
        if (ahead == null) {
            return false;
        }
        try {
            range = ahead.result(source.describe());
        } catch (StoreTrouble trouble) {
            broken = trouble;
            throw trouble;
        }
        at = 0;
        nextOffset += range.length;
        readAhead();
        return true;
    }

    private void readAhead() {
        long offset = nextOffset;
        int length = Math.toIntExact(Math.min(rangeBytes, objectBytes - offset));
        ahead = length == 0
                ? null
                : Background.start("bulwark-read-ahead", () -> checked(source.read(offset, length), offset));
    }

    private byte[] checked(RangeSource.Range answer, long offset) throws StoreTrouble {
        if (answer.objectBytes() != objectBytes) {
            throw new StoreTrouble(
                    Kind.DAMAGED,
                    source.describe() + " had " + objectBytes + " bytes and now has " + answer.objectBytes()
                            + ": somebody replaced it");
        }
        long expected = Math.min(rangeBytes, objectBytes - offset);
        if (answer.bytes().length != expected) {
            throw new StoreTrouble(
                    Kind.UNREACHABLE,
                    source.describe() + ": the answer ended after " + answer.bytes().length + " bytes from " + offset
                            + " on, and " + expected + " were expected");
        }
        return answer.bytes();
    }
}
