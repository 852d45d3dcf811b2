package io.bulwark.persistence.repository;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Cuts what is written into frames and writes them, encrypted, into an object. For one thread. */
final class FrameWriter extends OutputStream {
    private final ObjectWriter object;
    private final FrameCipher cipher;
    private final MessageDigest digest = sha256();
    private final byte[] frame = new byte[SealedHeader.FRAME_BYTES];
    private final byte[] sealed = new byte[SealedHeader.FRAME_BYTES + FrameCipher.TAG_BYTES];
    private int filled;
    private long number;
    private long storedBytes;
    private boolean discarded;

    private FrameWriter(ObjectWriter object, FrameCipher cipher) {
        this.object = object;
        this.cipher = cipher;
    }

    static FrameWriter begin(ObjectWriter object, String objectKey, DataKey key, SecureRandom random)
            throws IOException {
        SealedHeader header = SealedHeader.create(key, random);
        FrameWriter writer = new FrameWriter(object, new FrameCipher(key, header, objectKey));
        writer.store(header.bytes(), SealedHeader.BYTES);
        return writer;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    /** A full frame waits for one more byte, because the last frame is sealed as such. */
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int end = offset + length;
        while (at < end && !discarded) {
            if (filled == frame.length) {
                seal(false);
            }
            int count = Math.min(end - at, frame.length - filled);
            System.arraycopy(bytes, at, frame, filled, count);
            filled += count;
            at += count;
        }
    }

    /** Seals the last frame and commits the object. */
    void commit() throws IOException {
        seal(true);
        object.commit();
    }

    /** What is written from now on goes nowhere. */
    void discard() {
        discarded = true;
    }

    long storedBytes() {
        return storedBytes;
    }

    /** Of the stored bytes; once, after the commit. */
    String sha256Hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw Hkdf.unavailable(e);
        }
    }

    private void seal(boolean last) throws IOException {
        store(sealed, cipher.seal(number, last, frame, filled, sealed));
        number++;
        filled = 0;
    }

    private void store(byte[] bytes, int length) throws IOException {
        object.write(bytes, 0, length);
        digest.update(bytes, 0, length);
        storedBytes += length;
    }
}
