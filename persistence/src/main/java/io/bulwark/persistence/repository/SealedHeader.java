package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The first {@value #BYTES} bytes of a sealed object: {@code BULWARK}, the version (1), the compression (1: Zstandard),
 * three zeros, the bytes of a frame (big-endian), the data key's id (16 bytes), a random salt (32 bytes). All of it is
 * authenticated with each frame.
 */
final class SealedHeader {
    static final int BYTES = 64;
    static final int FRAME_BYTES = 1 << 16;

    private static final byte[] MAGIC = "BULWARK".getBytes(StandardCharsets.US_ASCII);
    private static final byte VERSION = 1;
    private static final byte ZSTD = 1;
    private static final int ID_AT = 16;
    private static final int SALT_AT = ID_AT + DataKey.ID_BYTES;
    /** Everything before the id, which is the same in all objects of this version. */
    private static final byte[] BEGINNING = ByteBuffer.allocate(ID_AT)
            .put(MAGIC)
            .put(VERSION)
            .put(ZSTD)
            .putInt(12, FRAME_BYTES)
            .array();

    private final byte[] bytes;

    private SealedHeader(byte[] bytes) {
        this.bytes = bytes;
    }

    static SealedHeader create(DataKey key, SecureRandom random) {
        byte[] bytes = Arrays.copyOf(BEGINNING, BYTES);
        System.arraycopy(HexFormat.of().parseHex(key.id()), 0, bytes, ID_AT, DataKey.ID_BYTES);
        byte[] salt = new byte[BYTES - SALT_AT];
        random.nextBytes(salt);
        System.arraycopy(salt, 0, bytes, SALT_AT, salt.length);
        return new SealedHeader(bytes);
    }

    /** @throws StoreTrouble DAMAGED when these bytes are no header of this version */
    static SealedHeader parse(byte[] bytes, String objectKey) throws StoreTrouble {
        if (bytes.length < BYTES) {
            throw damaged(objectKey, "it has " + bytes.length + " bytes, and its header alone " + BYTES);
        }
        if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw damaged(objectKey, "it does not begin with BULWARK");
        }
        if (!Arrays.equals(bytes, 0, ID_AT, BEGINNING, 0, ID_AT)) {
            throw damaged(
                    objectKey,
                    "its header says version " + bytes[MAGIC.length] + ", and this release reads version " + VERSION
                            + " (or the header was changed)");
        }
        return new SealedHeader(Arrays.copyOf(bytes, BYTES));
    }

    String dataKeyId() {
        return HexFormat.of().formatHex(bytes, ID_AT, SALT_AT);
    }

    byte[] salt() {
        return Arrays.copyOfRange(bytes, SALT_AT, BYTES);
    }

    byte[] bytes() {
        return bytes.clone();
    }

    private static StoreTrouble damaged(String objectKey, String what) {
        return new StoreTrouble(Kind.DAMAGED, "The object " + objectKey + " is damaged: " + what);
    }
}
