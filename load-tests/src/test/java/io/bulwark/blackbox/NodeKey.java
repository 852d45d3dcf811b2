package io.bulwark.blackbox;

import io.bulwark.load.node.BulwarkNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The key that a node signs tokens with, taken from its data directory, for tokens that it would never issue. */
record NodeKey(KeyPair pair) {
    private static final String ALGORITHM = "Ed25519";
    private static final int RAW_BYTES = 32;

    /** The key of a node. */
    static NodeKey of(BulwarkNode node) throws GeneralSecurityException, IOException {
        String pem = Files.readString(node.dataDirectory().resolve("token-key.pem"));
        byte[] encoded = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        PrivateKey key = KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        byte[] seed = ((EdECPrivateKey) key).getBytes().orElseThrow();
        KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
        generator.initialize(NamedParameterSpec.ED25519, new Fixed(seed));
        return new NodeKey(generator.generateKeyPair());
    }

    /** A key that no node knows. */
    static NodeKey stranger() throws GeneralSecurityException {
        return new NodeKey(KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair());
    }

    /** A token of this header and these claims, both encoded already. */
    String sign(String header, String claims) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(ALGORITHM);
        signature.initSign(pair.getPrivate());
        String content = header + "." + claims;
        signature.update(content.getBytes(StandardCharsets.US_ASCII));
        return content + "." + encoded(signature.sign());
    }

    /** The public key in X.509. */
    byte[] publicKey() {
        PublicKey key = pair.getPublic();
        return key.getEncoded();
    }

    /** The public key's own bytes. */
    byte[] rawPublicKey() {
        byte[] encoded = publicKey();
        return Arrays.copyOfRange(encoded, encoded.length - RAW_BYTES, encoded.length);
    }

    /** The same claims and one more. */
    String promoted(String claims) {
        String text = new String(Base64.getUrlDecoder().decode(claims), StandardCharsets.UTF_8);
        return encoded(text.substring(0, text.length() - 1) + ",\"more\":1}");
    }

    /** A token with an HMAC in place of a signature. */
    static String authenticated(String content, byte[] secret) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        return content + "." + encoded(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
    }

    /** As tokens write it. */
    static String encoded(String text) {
        return encoded(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Makes the JDK derive the public key from a known private one. */
    private static final class Fixed extends SecureRandom {
        private final byte[] seed;

        Fixed(byte[] seed) {
            this.seed = seed;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, bytes.length);
        }
    }
}
