package io.bulwark.http.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.PlainJWT;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.TestListener;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Rows of "tokens" in what bad input gets: algorithms, keys and claims that must not be believed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForgedTokenTest {
    private static final Instant NOW = TokenDesk.NOW;

    private TokenDesk desk;

    @BeforeAll
    void open(@TempDir Path directory) throws IOException, JOSEException {
        desk = new TokenDesk(directory);
    }

    @AfterAll
    void close() {
        desk.close();
    }

    @BeforeEach
    void resetClock() {
        desk.now.set(NOW);
    }

    @Test
    void algorithmsOfAJwks_areTaken() throws IOException, JOSEException {
        assertThat(desk.status(desk.rsaToken(claims -> claims))).isEqualTo(200);
        assertThat(desk.status(TokenDesk.signed(
                        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("ec"),
                        desk.claims().build(),
                        new ECDSASigner(desk.ec))))
                .isEqualTo(200);
    }

    @Test
    void hs256WithThePublicKeyAsTheSecret_isRefused() throws IOException, JOSEException {
        byte[] secret = desk.rsa.toRSAPublicKey().getEncoded();
        String token = TokenDesk.signed(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa"),
                desk.claims().build(),
                new MACSigner(secret));
        desk.assertRefused(token, "algorithm");
    }

    @Test
    void anAlgorithmThatDoesNotFitTheKey_isRefused() throws IOException, JOSEException {
        String token = TokenDesk.signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("ec"),
                desk.claims().build(),
                new RSASSASigner(desk.rsa));
        desk.assertRefused(token, "does not fit its key");
        String pss = TokenDesk.signed(
                new JWSHeader.Builder(JWSAlgorithm.PS256).keyID("rsa"),
                desk.claims().build(),
                new RSASSASigner(desk.rsa));
        desk.assertRefused(pss, "algorithm");
    }

    @Test
    void aTokenThatBringsItsOwnKey_isRefused() throws IOException, JOSEException {
        RSAKey own = new RSAKeyGenerator(2048).generate();
        desk.assertRefused(
                TokenDesk.signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa").jwk(own.toPublicJWK()),
                        desk.claims().build(),
                        new RSASSASigner(own)),
                "brings a key");
        desk.assertRefused(
                TokenDesk.signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa").jwkURL(URI.create("http://127.0.0.1/x")),
                        desk.claims().build(),
                        new RSASSASigner(own)),
                "brings a key");
    }

    @Test
    void aCriticalHeader_isRefused() throws IOException, JOSEException {
        String token = TokenDesk.signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID("rsa")
                        .type(JOSEObjectType.JWT)
                        .criticalParams(Set.of("exp"))
                        .customParam("exp", 1),
                desk.claims().build(),
                new RSASSASigner(desk.rsa));
        desk.assertRefused(token, "critical");
    }

    @Test
    void anUnknownKey_andAnotherKeysSignature_areRefused() throws IOException, JOSEException {
        RSAKey other = new RSAKeyGenerator(2048).generate();
        desk.assertRefused(
                TokenDesk.signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("other"),
                        desk.claims().build(),
                        new RSASSASigner(desk.rsa)),
                "key is not known");
        desk.assertRefused(
                TokenDesk.signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa"),
                        desk.claims().build(),
                        new RSASSASigner(other)),
                "signature");
        String token = desk.mint().issue("t", Optional.empty(), Set.of(Role.ADMIN), Duration.ofMinutes(10));
        String[] parts = token.split("\\.", -1);
        String forged = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                        .replace("\"t\"", "\"u\"")
                        .getBytes(StandardCharsets.UTF_8));
        desk.assertRefused(parts[0] + "." + forged + "." + parts[2], "signature");
    }

    @Test
    void theIssuer_isCheckedWhenItIsConfigured() throws JOSEException {
        TokenRules rules = new TokenRules(TokenRules.AUDIENCE, Optional.of("https://issuer"), Duration.ZERO);
        TokenVerifier verifier = new TokenVerifier(desk::find, rules, desk.clock);
        String own = new TokenMint(desk.key, rules, desk.clock, desk.random)
                .issue("own", Optional.empty(), Set.of(Role.ADMIN), Duration.ofHours(1));

        assertThat(TestListener.await(verifier.verify(own)).subject()).isEqualTo("own");
        assertThat(TestListener.await(verifier.verify(desk.rsaToken(claims -> claims.issuer("https://issuer"))))
                        .subject())
                .isEqualTo("someone");
        assertThat(verifier.verify(desk.rsaToken(claims -> claims.issuer("https://other")))
                        .toCompletableFuture())
                .isCompletedExceptionally();
    }

    @Test
    void keysOfTwoSets_areBothTaken_andAnotherIsNot() throws JOSEException {
        JWK theirs = desk.ec.toPublicJWK();
        KeySet both = desk.key.or(keyId ->
                CompletableFuture.completedStage(Optional.of(theirs).filter(jwk -> keyId.equals(Optional.of("ec")))));
        TokenVerifier verifier = new TokenVerifier(both, TokenRules.DEFAULT, desk.clock);
        String own = desk.mint().issue("own", Optional.empty(), Set.of(Role.ADMIN), Duration.ofHours(1));
        JWSHeader.Builder es256 = new JWSHeader.Builder(JWSAlgorithm.ES256);

        assertThat(TestListener.await(verifier.verify(own)).subject()).isEqualTo("own");
        assertThat(TestListener.await(verifier.verify(TokenDesk.signed(
                                es256.keyID("ec"), desk.claims().build(), new ECDSASigner(desk.ec))))
                        .subject())
                .isEqualTo("someone");
        assertThat(verifier.verify(TokenDesk.signed(
                                es256.keyID(null), desk.claims().build(), new ECDSASigner(desk.ec)))
                        .toCompletableFuture())
                .isCompletedExceptionally();
    }

    @Test
    void algorithmNone_isRefused() throws IOException {
        String token = new PlainJWT(desk.claims().build()).serialize();
        desk.assertRefused(token, "not a signed");
        String[] parts = desk.rawParts("{\"alg\":\"none\",\"kid\":\"rsa\"}");
        desk.assertRefused(parts[0] + "." + parts[1] + ".", "");
        desk.assertRefused(parts[0] + "." + parts[1] + ".AAAA", "");
    }

    @Test
    void wrongClaims_areRefused() throws IOException, JOSEException {
        desk.assertRefused(desk.rsaToken(claims -> claims.audience("another")), "audience");
        desk.assertRefused(desk.rsaToken(claims -> claims.expirationTime(null)), "when it expires");
        desk.assertRefused(desk.rsaToken(claims -> claims.claim("tenant", null)), "tenant");
        desk.assertRefused(desk.rsaToken(claims -> claims.claim("tenant", "A C M E")), "tenant");
        desk.assertRefused(desk.rsaToken(claims -> claims.claim("tenant", 5)), "");
        assertThat(desk.status(desk.rsaToken(claims -> claims.claim("roles", null))))
                .isEqualTo(403);
        assertThat(desk.status(desk.rsaToken(claims -> claims.claim("roles", List.of("emperor")))))
                .isEqualTo(403);
    }

    @Test
    void aTokenOfTheFuture_isRefused_untilItsTimeHasCome() throws IOException, JOSEException {
        String token = desk.rsaToken(claims -> claims.notBeforeTime(Date.from(NOW.plusSeconds(60))));
        desk.assertRefused(token, "not valid yet");
        desk.now.set(NOW.plusSeconds(30));
        assertThat(desk.status(token)).isEqualTo(200);
    }
}
