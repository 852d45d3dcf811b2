package io.bulwark.persistence.repository;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;

/**
 * One object while its plain bytes are compressed and encrypted into the store. {@code close()} without {@link #finish}
 * discards it. For one thread.
 */
final class Sealing extends OutputStream {
    private final ObjectWriter object;
    private final FrameWriter frames;
    private final ZstdOutputStreamNoFinalizer zstd;
    private long plainBytes;
    private boolean broken;
    private boolean ended;

    private Sealing(ObjectWriter object, FrameWriter frames, Compression compression) throws IOException {
        this.object = object;
        this.frames = frames;
        zstd = new ZstdOutputStreamNoFinalizer(frames, RecyclingBufferPool.INSTANCE, compression.level());
        zstd.setChecksum(true);
        if (compression.workers() > 0) {
            zstd.setWorkers(compression.workers());
        }
    }

    /** What became of it. */
    record Sealed(long plainBytes, long storedBytes, String sha256) {}

    static Sealing begin(ObjectStore store, String objectKey, DataKey key, Compression compression, SecureRandom random)
            throws StoreTrouble {
        ObjectWriter object = store.create(objectKey);
        try {
            return new Sealing(object, FrameWriter.begin(object, objectKey, key, random), compression);
        } catch (IOException e) {
            StoreTrouble trouble = StoreTrouble.of("The object " + objectKey + " cannot be written", e);
            discard(object, trouble);
            throw trouble;
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (ended || broken) {
            throw new IOException(ended ? "The object has ended" : "The object broke off before");
        }
        broken = true;
        zstd.write(bytes, offset, length);
        broken = false;
        plainBytes += length;
    }

    /**
     * Ends the object and makes it durable and visible.
     *
     * @throws StoreTrouble what the store reports; nothing of the object is visible then
     */
    Sealed finish() throws StoreTrouble {
        if (ended || broken) {
            throw new IllegalStateException("An object that ended or broke off cannot be finished");
        }
        broken = true;
        try (object) {
            zstd.close();
            frames.commit();
        } catch (IOException e) {
            throw StoreTrouble.of("The object cannot be written", e);
        }
        ended = true;
        return new Sealed(plainBytes, frames.storedBytes(), frames.sha256Hex());
    }

    /** Whether it was neither finished nor broke off. */
    boolean sound() {
        return !ended && !broken;
    }

    @Override
    public void close() throws IOException {
        if (!ended) {
            ended = true;
            frames.discard();
            try (object) {
                zstd.close();
            }
        }
    }

    private static void discard(ObjectWriter object, StoreTrouble trouble) {
        try {
            object.close();
        } catch (IOException e) {
            trouble.addSuppressed(e);
        }
    }
}
