package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.InputStream;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/** The frames of a sealed object, decrypted; none is handed out before it is authenticated. For one thread. */
final class FrameReader extends InputStream {
    private static final int SEALED_BYTES = SealedHeader.FRAME_BYTES + FrameCipher.TAG_BYTES;

    private final InputStream object;
    private final String objectKey;
    private final FrameCipher cipher;
    /** A frame and the first byte after it: without one, the frame is the last. */
    private final byte[] sealed = new byte[SEALED_BYTES + 1];

    private final byte[] plain = new byte[SealedHeader.FRAME_BYTES];
    private int filled;
    private int position;
    private int limit;
    private long number;
    private boolean last;
    private @Nullable StoreTrouble failure;

    private FrameReader(InputStream object, String objectKey, FrameCipher cipher) {
        this.object = object;
        this.objectKey = objectKey;
        this.cipher = cipher;
    }

    /** Finds the data key by the id that the header names. */
    interface KeyLookup {
        DataKey find(String id) throws StoreTrouble;
    }

    /** Reads the header; owns the object's stream, unless it throws. */
    static FrameReader open(InputStream object, String objectKey, KeyLookup keys) throws IOException {
        SealedHeader header = SealedHeader.parse(object.readNBytes(SealedHeader.BYTES), objectKey);
        DataKey key = keys.find(header.dataKeyId());
        return new FrameReader(object, objectKey, new FrameCipher(key, header, objectKey));
    }

    @Override
    public int read() throws IOException {
        return ready() ? plain[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!ready()) {
            return -1;
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(plain, position, into, offset, count);
        position += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        object.close();
    }

    /** Whether there is a byte to hand out; false only after the last frame. */
    private boolean ready() throws IOException {
        if (failure != null) {
            throw failure;
        }
        while (position == limit && !last) {
            advance();
        }
        return position < limit;
    }

    private void advance() throws IOException {
        position = 0;
        limit = 0;
        try {
            filled += object.readNBytes(sealed, filled, sealed.length - filled);
            last = filled < sealed.length;
            limit = decrypt(last ? filled : SEALED_BYTES);
        } catch (IOException e) {
            failure = StoreTrouble.of("The object " + objectKey + " cannot be read", e);
            throw failure;
        }
        sealed[0] = sealed[SEALED_BYTES];
        filled = 1;
        number++;
    }

    private int decrypt(int length) throws StoreTrouble {
        try {
            return cipher.open(number, last, sealed, length, plain);
        } catch (AEADBadTagException e) {
            String what = last
                    ? "frame " + number
                            + " is not the last one that was written: it was changed, or what follows it is lost"
                    : "frame " + number + " is not what was written in this place";
            throw new StoreTrouble(Kind.DAMAGED, "The object " + objectKey + " is damaged: " + what, e);
        }
    }
}
