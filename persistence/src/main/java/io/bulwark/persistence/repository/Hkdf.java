package io.bulwark.persistence.repository;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/** One key for one purpose out of another, by HKDF with SHA-256 (RFC 5869). */
final class Hkdf {
    private static final int KEY_BYTES = 32;

    private Hkdf() {}

    /**
     * @param salt may be empty
     * @param purpose what the key is for, different for each use
     * @param algorithm of the key, such as AES
     */
    static SecretKey derive(SecretKey from, byte[] salt, String purpose, String algorithm) {
        try {
            return KDF.getInstance("HKDF-SHA256").deriveKey(algorithm, expand(from, salt, purpose));
        } catch (InvalidAlgorithmParameterException | NoSuchAlgorithmException e) {
            throw unavailable(e);
        }
    }

    private static HKDFParameterSpec expand(SecretKey from, byte[] salt, String purpose) {
        return HKDFParameterSpec.ofExtract()
                .addIKM(from)
                .addSalt(salt)
                .thenExpand(purpose.getBytes(StandardCharsets.US_ASCII), KEY_BYTES);
    }

    /** Every Java runtime of this release has the algorithms, so this is the runtime's fault. */
    static IllegalStateException unavailable(GeneralSecurityException e) {
        return new IllegalStateException(
                "This Java runtime lacks an algorithm that Bulwark needs: " + e.getMessage(), e);
    }
}
