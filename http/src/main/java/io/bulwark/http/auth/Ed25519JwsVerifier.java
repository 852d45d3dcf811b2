package io.bulwark.http.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.impl.BaseJWSProvider;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Set;

/**
 * Verifies EdDSA signatures with the JDK. The library's own verifier rests on Tink, a second cryptographic library,
 * which the JDK has made needless since 15.
 */
final class Ed25519JwsVerifier extends BaseJWSProvider implements JWSVerifier {
    private final PublicKey key;

    /** @throws IllegalArgumentException when the key is not one of this curve */
    Ed25519JwsVerifier(OctetKeyPair jwk) {
        super(Set.of(JWSAlgorithm.EdDSA));
        this.key = Ed25519.publicKey(jwk.getDecodedX());
    }

    @Override
    public boolean verify(JWSHeader header, byte[] signingInput, Base64URL signature) throws JOSEException {
        try {
            return Ed25519.verifies(key, signingInput, signature.decode());
        } catch (GeneralSecurityException e) {
            throw new JOSEException("The signature cannot be verified", e);
        }
    }
}
