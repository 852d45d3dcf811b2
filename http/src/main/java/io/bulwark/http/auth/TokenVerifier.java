package io.bulwark.http.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Verifies tokens: signed JSON Web Tokens (RFC 7519) under EdDSA, RS256 or ES256, along the lines of RFC 8725. The
 * algorithm that a token names is taken only if the key is of its type, so that a public key is never taken for a
 * shared secret.
 *
 * <p>What was verified is remembered under the SHA-256 of the token, because a signature costs 50 to 200 µs: at most
 * {@value #REMEMBERED_MAX} tokens for at most five minutes each, which is also how long a key that was taken out of the
 * set goes on working.
 */
public final class TokenVerifier {
    /** The most tokens that are remembered. */
    public static final int REMEMBERED_MAX = 10_000;
    /** The longest token that is looked at, in characters. */
    public static final int TOKEN_LENGTH_MAX = 8_192;

    private static final Duration REMEMBERED_FOR = Duration.ofMinutes(5);
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519, JWSAlgorithm.RS256, JWSAlgorithm.ES256);

    private final KeySet keys;
    private final TokenClaims claims;
    private final InstantSource clock;
    private final Duration skew;
    private final Cache<ByteBuffer, Principal> remembered = Caffeine.newBuilder()
            .maximumSize(REMEMBERED_MAX)
            .expireAfterWrite(REMEMBERED_FOR)
            .build();

    /** A verifier with nothing remembered. */
    public TokenVerifier(KeySet keys, TokenRules rules, InstantSource clock) {
        this.keys = keys;
        this.claims = new TokenClaims(rules);
        this.clock = clock;
        this.skew = rules.clockSkew();
    }

    /** Who the token is for; the stage fails with {@link TokenRefused} when it proves nothing. */
    CompletionStage<Principal> verify(String token) {
        if (token.length() > TOKEN_LENGTH_MAX) {
            return refused("it is longer than " + TOKEN_LENGTH_MAX + " characters");
        }
        ByteBuffer digest = digest(token);
        Principal known = remembered.getIfPresent(digest);
        if (known == null) {
            return unknown(token).thenApply(principal -> {
                remembered.put(digest, principal);
                return principal;
            });
        }
        return clock.instant().isBefore(known.expiresAt().plus(skew))
                ? CompletableFuture.completedStage(known)
                : refused("it has expired");
    }

    private CompletionStage<Principal> unknown(String token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            checkHeader(jwt.getHeader());
            return keys.find(Optional.ofNullable(jwt.getHeader().getKeyID()))
                    .thenApply(key -> verified(jwt, key.orElseThrow(() -> new TokenRefused("its key is not known"))));
        } catch (ParseException | IllegalArgumentException e) {
            return refused("it is not a signed JSON Web Token");
        } catch (TokenRefused e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** A token may not bring its own key, nor ask for what is not understood here. */
    private static void checkHeader(JWSHeader header) {
        if (!ALGORITHMS.contains(header.getAlgorithm())) {
            throw new TokenRefused("its algorithm is not one of EdDSA, RS256 and ES256");
        }
        if (header.getCriticalParams() != null && !header.getCriticalParams().isEmpty()) {
            throw new TokenRefused("its header has critical parameters");
        }
        if (header.getJWK() != null
                || header.getJWKURL() != null
                || header.getX509CertURL() != null
                || header.getX509CertChain() != null) {
            throw new TokenRefused("its header brings a key");
        }
    }

    private Principal verified(SignedJWT jwt, JWK key) {
        try {
            if (!jwt.verify(verifier(jwt.getHeader().getAlgorithm(), key))) {
                throw new TokenRefused("its signature is not the key's");
            }
            return claims.principal(jwt.getJWTClaimsSet(), clock.instant());
        } catch (JOSEException | ParseException | IllegalArgumentException e) {
            throw new TokenRefused("its signature cannot be verified");
        }
    }

    private static JWSVerifier verifier(JWSAlgorithm algorithm, JWK key) throws JOSEException {
        if (key.getKeyUse() != null && !KeyUse.SIGNATURE.equals(key.getKeyUse())) {
            throw new TokenRefused("its key is not for signatures");
        }
        return switch (key) {
            case OctetKeyPair pair
            when isEdwards(algorithm) && Curve.Ed25519.equals(pair.getCurve()) -> new Ed25519JwsVerifier(pair);
            case RSAKey rsa when JWSAlgorithm.RS256.equals(algorithm) && rsa.size() >= 2_048 -> new RSASSAVerifier(rsa);
            case ECKey ec
            when JWSAlgorithm.ES256.equals(algorithm) && Curve.P_256.equals(ec.getCurve()) -> new ECDSAVerifier(ec);
            case JWK other -> throw new TokenRefused("its algorithm does not fit its key");
        };
    }

    private static boolean isEdwards(JWSAlgorithm algorithm) {
        return JWSAlgorithm.EdDSA.equals(algorithm) || JWSAlgorithm.Ed25519.equals(algorithm);
    }

    private static CompletionStage<Principal> refused(String reason) {
        return CompletableFuture.failedStage(new TokenRefused(reason));
    }

    private static ByteBuffer digest(String token) {
        try {
            byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
