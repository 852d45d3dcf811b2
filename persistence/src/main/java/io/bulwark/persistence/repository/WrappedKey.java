package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * A data key, encrypted with a key-encryption key by AES-256-GCM, as the store has it. Its ids and its purpose are
 * authenticated with it, so that it cannot be put under another name or into another repository.
 *
 * @param keyCheck of the key-encryption key, see {@link KeyRing.Key}
 * @param purpose such as {@code backup 20261127T031500Z-full}
 * @param nonce base64 of 12 bytes
 * @param wrapped base64 of the encrypted 32 bytes and their tag
 */
record WrappedKey(
        int format,
        String repository,
        String dataKey,
        String keyEncryptionKey,
        String keyCheck,
        String purpose,
        String nonce,
        String wrapped) {
    private static final int FORMAT = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    WrappedKey {
        Objects.requireNonNull(repository, "repository");
        Objects.requireNonNull(dataKey, "dataKey");
        Objects.requireNonNull(keyEncryptionKey, "keyEncryptionKey");
        Objects.requireNonNull(keyCheck, "keyCheck");
        Objects.requireNonNull(purpose, "purpose");
        Objects.requireNonNull(nonce, "nonce");
        Objects.requireNonNull(wrapped, "wrapped");
    }

    static WrappedKey wrap(DataKey key, String repository, String purpose, KeyRing.Key with, SecureRandom random) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        Base64.Encoder base64 = Base64.getEncoder();
        WrappedKey empty = new WrappedKey(
                FORMAT, repository, key.id(), with.id(), with.check(), purpose, base64.encodeToString(nonce), "");
        try {
            Cipher cipher = empty.cipher(Cipher.ENCRYPT_MODE, with, nonce);
            return empty.withWrapped(base64.encodeToString(cipher.doFinal(key.secret())));
        } catch (GeneralSecurityException e) {
            throw Hkdf.unavailable(e);
        }
    }

    /** @throws StoreTrouble WRONG_KEY when it was wrapped with another key of this id, DAMAGED when it is not as written */
    DataKey unwrap(KeyRing.Key with) throws StoreTrouble {
        if (!keyCheck.equals(with.check())) {
            throw new StoreTrouble(
                    Kind.WRONG_KEY,
                    "The key-encryption key " + with.id()
                            + " of the key ring is another one than that with which the data key " + dataKey + " ("
                            + purpose + ") was wrapped: put the right key under the id " + with.id());
        }
        try {
            byte[] secret = cipher(Cipher.DECRYPT_MODE, with, decode(nonce)).doFinal(decode(wrapped));
            DataKey key = new DataKey(dataKey, secret);
            Arrays.fill(secret, (byte) 0);
            return key;
        } catch (AEADBadTagException | IllegalArgumentException e) {
            throw new StoreTrouble(Kind.DAMAGED, "The wrapped data key " + dataKey + " is not what was written", e);
        } catch (GeneralSecurityException e) {
            throw Hkdf.unavailable(e);
        }
    }

    private static byte[] decode(String base64) {
        return Base64.getDecoder().decode(base64);
    }

    private WrappedKey withWrapped(String bytes) {
        return new WrappedKey(format, repository, dataKey, keyEncryptionKey, keyCheck, purpose, nonce, bytes);
    }

    private Cipher cipher(int mode, KeyRing.Key with, byte[] nonce) throws GeneralSecurityException {
        if (nonce.length != NONCE_BYTES) {
            throw new IllegalArgumentException("The nonce has " + nonce.length + " bytes");
        }
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, with.secret(), new GCMParameterSpec(TAG_BITS, nonce));
        String ids = String.join(
                "\n", "bulwark wrapped key " + format, repository, dataKey, keyEncryptionKey, keyCheck, purpose);
        cipher.updateAAD(ids.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
