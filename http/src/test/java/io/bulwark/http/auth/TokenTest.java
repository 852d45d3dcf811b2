package io.bulwark.http.auth;

import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.HttpResponse;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.bulwark.grammar.Name;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.RawClient;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import io.bulwark.http.server.TestListener;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every row of "tokens" in what bad input gets, over a real connection. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private final InstantSource clock = now::get;
    private final SplittableRandom random = new SplittableRandom(7);
    private LocalKey key;
    private RSAKey rsa;
    private ECKey ec;
    private TestListener listener;

    @BeforeAll
    void bind(@TempDir Path directory) throws IOException, JOSEException {
        key = LocalKey.open(directory).key();
        rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
        TokenVerifier verifier = new TokenVerifier(this::find, TokenRules.DEFAULT, clock);
        listener = new TestListener(
                new TokenAuthorizer(verifier),
                Map.of(),
                (system, bodies) -> List.of(
                        ok("/tenants/{tenant}/call", Access.ofTenant(Role.CALLER)),
                        ok("/tenants/{tenant}/view", Access.ofTenant(Role.VIEWER)),
                        ok("/tenants/{tenant}/change", Access.ofTenant(Role.OPERATOR)),
                        ok("/cluster", Access.ofCluster(Role.OPERATOR)),
                        ok("/any", Access.ofAny(Role.VIEWER)),
                        ok("/open", Access.open())));
    }

    @AfterAll
    void close() {
        listener.close();
    }

    @BeforeEach
    void resetClock() {
        now.set(NOW);
    }

    private CompletionStage<Optional<JWK>> find(Optional<String> keyId) {
        return switch (keyId.orElse("")) {
            case "rsa" -> CompletableFuture.completedStage(Optional.of(rsa.toPublicJWK()));
            case "ec" -> CompletableFuture.completedStage(Optional.of(ec.toPublicJWK()));
            default -> key.find(keyId);
        };
    }

    private static Route ok(String template, Access access) {
        return new Route(
                "GET",
                template,
                access,
                call -> CompletableFuture.completedStage(HttpResponse.create().withEntity("ok")));
    }

    @ParameterizedTest
    @CsvSource({
        // tenant, role, path, status
        "acme,  caller,   /tenants/acme/call,    200",
        "acme,  caller,   /tenants/other/call,   403",
        "acme,  caller,   /tenants/acme/view,    403",
        "acme,  caller,   /tenants/acme/change,  403",
        "acme,  viewer,   /tenants/acme/call,    403",
        "acme,  viewer,   /tenants/acme/view,    200",
        "acme,  viewer,   /tenants/other/view,   403",
        "acme,  viewer,   /tenants/acme/change,  403",
        "acme,  operator, /tenants/acme/view,    200",
        "acme,  operator, /tenants/acme/change,  200",
        "acme,  operator, /tenants/acme/call,    403",
        "acme,  operator, /cluster,              403",
        "acme,  admin,    /tenants/acme/call,    200",
        "acme,  admin,    /tenants/acme/change,  200",
        "acme,  admin,    /tenants/other/view,   403",
        "acme,  admin,    /cluster,              403",
        "*,     admin,    /tenants/other/call,   200",
        "*,     admin,    /cluster,              200",
        "*,     operator, /cluster,              200",
        "*,     viewer,   /cluster,              403",
        "acme,  viewer,   /any,                  200",
        "acme,  caller,   /any,                  403",
        "acme,  viewer,   /tenants/AC%20ME/view, 403",
    })
    void aRole_allowsWhatTheContractSays(String tenant, String role, String path, int status) throws IOException {
        Optional<Name> of = tenant.equals("*") ? Optional.empty() : Optional.of(new Name(tenant));
        String token = mint().issue("t", of, EnumSet.of(Role.of(role).orElseThrow()), Duration.ofHours(1));

        RawClient.Answer answer = get(path, "Authorization: Bearer " + token);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(status == 200 || answer.problem().equals("forbidden")).isTrue();
    }

    @Test
    void noToken_is401_withAChallenge_andAnOpenRouteNeedsNone() throws IOException {
        RawClient.Answer answer = get("/tenants/acme/call");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.problem()).isEqualTo("unauthenticated");
        assertThat(answer.header("www-authenticate")).contains("Bearer");
        assertThat(get("/open").status()).isEqualTo(200);
    }

    @Test
    void aToken_isTakenUntilItExpires_withTheSkew_thoughItIsRemembered() throws IOException {
        String token = mint().issue("t", Optional.empty(), Set.of(Role.ADMIN), Duration.ofMinutes(10));
        assertThat(status(token)).isEqualTo(200);
        now.set(NOW.plus(Duration.ofMinutes(10)).plusSeconds(29));
        assertThat(status(token)).isEqualTo(200);
        now.set(NOW.plus(Duration.ofMinutes(10)).plusSeconds(30));
        assertThat(status(token)).isEqualTo(401);
    }

    @Test
    void anExpiredToken_isRefused_whenItIsSeenForTheFirstTime() throws IOException {
        String token = mint().issue("t", Optional.empty(), Set.of(Role.ADMIN), Duration.ofMinutes(10));
        now.set(NOW.plus(Duration.ofMinutes(11)));
        assertRefused(token, "expired");
    }

    @Test
    void aTokenOfTheFuture_isRefused_untilItsTimeHasCome() throws IOException, JOSEException {
        String token = rsaToken(claims -> claims.notBeforeTime(Date.from(NOW.plusSeconds(60))));
        assertRefused(token, "not valid yet");
        now.set(NOW.plusSeconds(30));
        assertThat(status(token)).isEqualTo(200);
    }

    @Test
    void algorithmsOfAJwks_areTaken() throws IOException, JOSEException {
        assertThat(status(rsaToken(claims -> claims))).isEqualTo(200);
        assertThat(status(signed(
                        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("ec"), claims().build(), new ECDSASigner(ec))))
                .isEqualTo(200);
    }

    @Test
    void algorithmNone_isRefused() throws IOException {
        String token = new PlainJWT(claims().build()).serialize();
        assertRefused(token, "not a signed");
        String[] parts = rawParts("{\"alg\":\"none\",\"kid\":\"rsa\"}");
        assertRefused(parts[0] + "." + parts[1] + ".", "");
        assertRefused(parts[0] + "." + parts[1] + ".AAAA", "");
    }

    @Test
    void hs256WithThePublicKeyAsTheSecret_isRefused() throws IOException, JOSEException {
        byte[] secret = rsa.toRSAPublicKey().getEncoded();
        String token =
                signed(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa"), claims().build(), new MACSigner(secret));
        assertRefused(token, "algorithm");
    }

    @Test
    void anAlgorithmThatDoesNotFitTheKey_isRefused() throws IOException, JOSEException {
        String token =
                signed(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("ec"), claims().build(), new RSASSASigner(rsa));
        assertRefused(token, "does not fit its key");
        String pss =
                signed(new JWSHeader.Builder(JWSAlgorithm.PS256).keyID("rsa"), claims().build(), new RSASSASigner(rsa));
        assertRefused(pss, "algorithm");
    }

    @Test
    void aTokenThatBringsItsOwnKey_isRefused() throws IOException, JOSEException {
        RSAKey own = new RSAKeyGenerator(2048).generate();
        assertRefused(
                signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa").jwk(own.toPublicJWK()),
                        claims().build(),
                        new RSASSASigner(own)),
                "brings a key");
        assertRefused(
                signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa").jwkURL(URI.create("http://127.0.0.1/x")),
                        claims().build(),
                        new RSASSASigner(own)),
                "brings a key");
    }

    @Test
    void aCriticalHeader_isRefused() throws IOException, JOSEException {
        String token = signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID("rsa")
                        .type(JOSEObjectType.JWT)
                        .criticalParams(Set.of("exp"))
                        .customParam("exp", 1),
                claims().build(),
                new RSASSASigner(rsa));
        assertRefused(token, "critical");
    }

    @Test
    void anUnknownKey_andAnotherKeysSignature_areRefused() throws IOException, JOSEException {
        RSAKey other = new RSAKeyGenerator(2048).generate();
        assertRefused(
                signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("other"),
                        claims().build(),
                        new RSASSASigner(rsa)),
                "key is not known");
        assertRefused(
                signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa"),
                        claims().build(),
                        new RSASSASigner(other)),
                "signature");
        String token = mint().issue("t", Optional.empty(), Set.of(Role.ADMIN), Duration.ofMinutes(10));
        String[] parts = token.split("\\.", -1);
        String forged = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                        .replace("\"t\"", "\"u\"")
                        .getBytes(StandardCharsets.UTF_8));
        assertRefused(parts[0] + "." + forged + "." + parts[2], "signature");
    }

    @Test
    void keysOfTwoSets_areBothTaken_andAnotherIsNot() throws JOSEException {
        JWK theirs = ec.toPublicJWK();
        KeySet both = key.or(keyId ->
                CompletableFuture.completedStage(Optional.of(theirs).filter(jwk -> keyId.equals(Optional.of("ec")))));
        TokenVerifier verifier = new TokenVerifier(both, TokenRules.DEFAULT, clock);
        String own = mint().issue("own", Optional.empty(), Set.of(Role.ADMIN), Duration.ofHours(1));
        JWSHeader.Builder es256 = new JWSHeader.Builder(JWSAlgorithm.ES256);

        assertThat(TestListener.await(verifier.verify(own)).subject()).isEqualTo("own");
        assertThat(TestListener.await(verifier.verify(signed(es256.keyID("ec"), claims().build(), new ECDSASigner(ec))))
                        .subject())
                .isEqualTo("someone");
        assertThat(verifier.verify(signed(es256.keyID(null), claims().build(), new ECDSASigner(ec)))
                        .toCompletableFuture())
                .isCompletedExceptionally();
    }

    @Test
    void wrongClaims_areRefused() throws IOException, JOSEException {
        assertRefused(rsaToken(claims -> claims.audience("another")), "audience");
        assertRefused(rsaToken(claims -> claims.expirationTime(null)), "when it expires");
        assertRefused(rsaToken(claims -> claims.claim("tenant", null)), "tenant");
        assertRefused(rsaToken(claims -> claims.claim("tenant", "A C M E")), "tenant");
        assertRefused(rsaToken(claims -> claims.claim("tenant", 5)), "");
        assertThat(status(rsaToken(claims -> claims.claim("roles", null)))).isEqualTo(403);
        assertThat(status(rsaToken(claims -> claims.claim("roles", List.of("emperor")))))
                .isEqualTo(403);
    }

    @Test
    void theIssuer_isCheckedWhenItIsConfigured() throws JOSEException {
        TokenRules rules = new TokenRules(TokenRules.AUDIENCE, Optional.of("https://issuer"), Duration.ZERO);
        TokenVerifier verifier = new TokenVerifier(this::find, rules, clock);
        String own = new TokenMint(key, rules, clock, random)
                .issue("own", Optional.empty(), Set.of(Role.ADMIN), Duration.ofHours(1));

        assertThat(TestListener.await(verifier.verify(own)).subject()).isEqualTo("own");
        assertThat(TestListener.await(verifier.verify(rsaToken(claims -> claims.issuer("https://issuer"))))
                        .subject())
                .isEqualTo("someone");
        assertThat(verifier.verify(rsaToken(claims -> claims.issuer("https://other")))
                        .toCompletableFuture())
                .isCompletedExceptionally();
    }

    @ParameterizedTest
    @CsvSource({
        "Basic dTpw",
        "Bearer",
        "Bearer x",
        "Bearer a.b.c",
        "Bearer ..",
        "Bearer e30.e30.e30",
        "Token x",
        "Bearer Ã©",
    })
    void malformedCredentials_are401_andNotRepeated(String credentials) throws IOException {
        RawClient.Answer answer = get("/tenants/acme/call", "Authorization: " + credentials);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("www-authenticate")).contains("Bearer error=\"invalid_token\"");
    }

    @Test
    void twoAuthorizationHeaders_are401_evenIfBothAreValid() throws IOException {
        String line = "Authorization: Bearer "
                + mint().issue("t", Optional.empty(), Set.of(Role.ADMIN), Duration.ofMinutes(10));

        assertThat(get("/any", line, line).status()).isEqualTo(401);
    }

    private TokenMint mint() {
        return new TokenMint(key, TokenRules.AUDIENCE, clock, random);
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .subject("someone")
                .audience(TokenRules.AUDIENCE)
                .claim("tenant", "*")
                .claim("roles", List.of("admin"))
                .expirationTime(Date.from(NOW.plusSeconds(3_600)));
    }

    private String rsaToken(UnaryOperator<JWTClaimsSet.Builder> change) throws JOSEException {
        return signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa"),
                change.apply(claims()).build(),
                new RSASSASigner(rsa));
    }

    private static String signed(JWSHeader.Builder header, JWTClaimsSet claims, JWSSigner signer) throws JOSEException {
        SignedJWT jwt = new SignedJWT(header.build(), claims);
        jwt.sign(signer);
        return jwt.serialize();
    }

    private String[] rawParts(String header) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return new String[] {
            encoder.encodeToString(header.getBytes(StandardCharsets.UTF_8)),
            encoder.encodeToString(claims().build().toString().getBytes(StandardCharsets.UTF_8))
        };
    }

    private void assertRefused(String token, String reason) throws IOException {
        RawClient.Answer answer = get("/any", "Authorization: Bearer " + token);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.problem()).isEqualTo("unauthenticated");
        assertThat(answer.body()).contains(reason).doesNotContain(token);
    }

    private int status(String token) throws IOException {
        return get("/any", "Authorization: Bearer " + token).status();
    }

    private RawClient.Answer get(String path, String... headers) throws IOException {
        try (RawClient client = listener.connect()) {
            String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
            return client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n")
                    .read();
        }
    }
}
