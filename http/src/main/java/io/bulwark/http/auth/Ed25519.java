package io.bulwark.http.auth;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** The JDK's Ed25519 (RFC 8032) for the 32 bytes that a JSON Web Key holds (RFC 8037). */
final class Ed25519 {
    /** The name of the algorithm and of the curve. */
    static final String NAME = "Ed25519";

    private static final int KEY_BYTES = 32;
    private static final int SIGNATURE_BYTES = 64;
    /** What a SubjectPublicKeyInfo of this curve begins with (RFC 8410, 4). */
    private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private Ed25519() {}

    /** @throws IllegalArgumentException when the bytes are no point of the curve */
    static PublicKey publicKey(byte[] raw) {
        if (raw.length != KEY_BYTES) {
            throw new IllegalArgumentException("The Ed25519 key has " + raw.length + " bytes: expected " + KEY_BYTES);
        }
        byte[] encoded = Arrays.copyOf(PREFIX, PREFIX.length + KEY_BYTES);
        System.arraycopy(raw, 0, encoded, PREFIX.length, KEY_BYTES);
        try {
            return KeyFactory.getInstance(NAME).generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("The bytes are not an Ed25519 key", e);
        }
    }

    /** The 32 bytes of a key. */
    static byte[] raw(EdECPublicKey key) {
        byte[] encoded = key.getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
    }

    /** Whether the signature over the message is the key's. */
    static boolean verifies(PublicKey key, byte[] message, byte[] signed) throws GeneralSecurityException {
        if (signed.length != SIGNATURE_BYTES) {
            return false;
        }
        Signature signature = Signature.getInstance(NAME);
        signature.initVerify(key);
        signature.update(message);
        return signature.verify(signed);
    }
}
