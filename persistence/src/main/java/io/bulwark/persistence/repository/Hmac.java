package io.bulwark.persistence.repository;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/** HMAC with SHA-256 over several pieces. */
final class Hmac {
    private Hmac() {}

    static byte[] of(SecretKey key, byte[]... pieces) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            for (byte[] piece : pieces) {
                mac.update(piece);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw Hkdf.unavailable(e);
        }
    }
}
