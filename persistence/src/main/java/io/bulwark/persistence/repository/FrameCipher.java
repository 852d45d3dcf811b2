package io.bulwark.persistence.repository;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts and decrypts the frames of one object with AES-256-GCM. A frame's nonce is its number; authenticated with it are
 * the header, the object's key in the store, the number, and whether it is the last. So a frame is good at one place of
 * one object only, and an object that lacks its end has no last frame. For one thread.
 */
final class FrameCipher {
    static final int TAG_BYTES = 16;

    private static final int TAG_BITS = TAG_BYTES * 8;
    private static final int NONCE_BYTES = 12;

    private final Cipher cipher;
    private final SecretKey key;
    private final ByteBuffer nonce = ByteBuffer.allocate(NONCE_BYTES);
    private final ByteBuffer associated;
    private final int numberAt;

    FrameCipher(DataKey dataKey, SealedHeader header, String objectKey) {
        byte[] place = objectKey.getBytes(StandardCharsets.UTF_8);
        key = dataKey.forObject(header.salt());
        numberAt = SealedHeader.BYTES + place.length;
        associated = ByteBuffer.allocate(numberAt + Long.BYTES + 1);
        associated.put(header.bytes()).put(place);
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw Hkdf.unavailable(e);
        }
    }

    /** @return how many bytes of {@code out} are the sealed frame: the plain ones and a tag */
    int seal(long number, boolean last, byte[] plain, int length, byte[] out) {
        try {
            begin(Cipher.ENCRYPT_MODE, number, last);
            return cipher.doFinal(plain, 0, length, out, 0);
        } catch (GeneralSecurityException e) {
            throw Hkdf.unavailable(e);
        }
    }

    /**
     * @return how many bytes of {@code out} are the plain frame
     * @throws AEADBadTagException when this is not the frame that was sealed for this place
     */
    int open(long number, boolean last, byte[] sealed, int length, byte[] out) throws AEADBadTagException {
        try {
            begin(Cipher.DECRYPT_MODE, number, last);
            return cipher.doFinal(sealed, 0, length, out, 0);
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw Hkdf.unavailable(e);
        }
    }

    private void begin(int mode, long number, boolean last) throws GeneralSecurityException {
        nonce.putLong(NONCE_BYTES - Long.BYTES, number);
        associated.putLong(numberAt, number).put(numberAt + Long.BYTES, (byte) (last ? 1 : 0));
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce.array()));
        cipher.updateAAD(associated.array());
    }
}
