package io.bulwark.persistence.repository;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The plain bytes of a sealed object. It ends only where the object ended when it was written; everything else is a
 * {@link StoreTrouble}, again at each further read. For one thread.
 */
final class Opening extends InputStream {
    private final String objectKey;
    private final InputStream plain;
    private final OptionalLong expectedBytes;
    private long bytes;
    private @Nullable StoreTrouble failure;

    private Opening(String objectKey, InputStream plain, OptionalLong expectedBytes) {
        this.objectKey = objectKey;
        this.plain = plain;
        this.expectedBytes = expectedBytes;
    }

    /**
     * @param object the stored bytes; closed with what is returned, or here when it throws
     * @param expectedBytes how many plain bytes there have to be, if that is known
     */
    static InputStream of(InputStream object, String objectKey, FrameReader.KeyLookup keys, OptionalLong expectedBytes)
            throws StoreTrouble {
        try {
            FrameReader frames = FrameReader.open(object, objectKey, keys);
            return new Opening(
                    objectKey, new ZstdInputStreamNoFinalizer(frames, RecyclingBufferPool.INSTANCE), expectedBytes);
        } catch (IOException e) {
            StoreTrouble trouble = StoreTrouble.of("The object " + objectKey + " cannot be read", e);
            try {
                object.close();
            } catch (IOException onClose) {
                trouble.addSuppressed(onClose);
            }
            throw trouble;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (failure != null) {
            throw failure;
        }
        try {
            int count = plain.read(into, offset, length);
            bytes += Math.max(count, 0);
            requireExpected(count < 0);
            return count;
        } catch (ZstdIOException e) {
            failure = damaged("its compressed bytes end in the middle, or are none: " + e.getMessage());
        } catch (IOException e) {
            failure = StoreTrouble.of("The object " + objectKey + " cannot be read", e);
        }
        throw failure;
    }

    @Override
    public void close() throws IOException {
        plain.close();
    }

    private void requireExpected(boolean ended) throws StoreTrouble {
        if (expectedBytes.isPresent()) {
            long expected = expectedBytes.getAsLong();
            if (bytes > expected || (ended && bytes < expected)) {
                throw damaged("it holds " + (ended ? "" : "more than ") + Math.min(bytes, expected)
                        + " bytes, and its index says " + expected);
            }
        }
    }

    private StoreTrouble damaged(String what) {
        return new StoreTrouble(Kind.DAMAGED, "The object " + objectKey + " is damaged: " + what);
    }
}
