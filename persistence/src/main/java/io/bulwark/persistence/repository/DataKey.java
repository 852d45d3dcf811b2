package io.bulwark.persistence.repository;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of one backup, or of the WAL of one timeline, while it is in memory. It encrypts nothing itself: each object has
 * a key derived from it with the object's own salt, so that frame numbers can be nonces.
 */
final class DataKey {
    static final int SECRET_BYTES = 32;
    static final int ID_BYTES = 16;

    private static final byte[] NO_SALT = {};
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    private final String id;
    private final SecretKey secret;

    /** @param secret is copied */
    DataKey(String id, byte[] secret) {
        this.id = id;
        this.secret = new SecretKeySpec(secret, "HKDF");
    }

    static DataKey random(SecureRandom random) {
        byte[] id = new byte[ID_BYTES];
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(id);
        random.nextBytes(secret);
        DataKey key = new DataKey(HexFormat.of().formatHex(id), secret);
        Arrays.fill(secret, (byte) 0);
        return key;
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** 32 lower-case hexadecimal digits. */
    String id() {
        return id;
    }

    /** For the frames of the object with this salt. */
    SecretKey forObject(byte[] salt) {
        return Hkdf.derive(secret, salt, "bulwark object 1", "AES");
    }

    /** For the authentication of indexes. */
    SecretKey forIndex() {
        return Hkdf.derive(secret, NO_SALT, "bulwark index 1", "HmacSHA256");
    }

    byte[] secret() {
        return secret.getEncoded();
    }

    @Override
    public String toString() {
        return "data key " + id;
    }
}
