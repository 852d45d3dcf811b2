package io.bulwark.http.auth;

import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.HttpResponse;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.RawClient;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import io.bulwark.http.server.TestListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** Makes tokens of every kind, and shows them to a listener over a real connection. */
final class TokenDesk implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    final InstantSource clock = now::get;
    final SplittableRandom random = new SplittableRandom(7);
    final LocalKey key;
    final RSAKey rsa;
    final ECKey ec;
    private final TestListener listener;

    TokenDesk(Path directory) throws IOException, JOSEException {
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

    @Override
    public void close() {
        listener.close();
    }

    CompletionStage<Optional<JWK>> find(Optional<String> keyId) {
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

    TokenMint mint() {
        return new TokenMint(key, TokenRules.AUDIENCE, clock, random);
    }

    JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .subject("someone")
                .audience(TokenRules.AUDIENCE)
                .claim("tenant", "*")
                .claim("roles", List.of("admin"))
                .expirationTime(Date.from(NOW.plusSeconds(3_600)));
    }

    String rsaToken(UnaryOperator<JWTClaimsSet.Builder> change) throws JOSEException {
        return signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa"),
                change.apply(claims()).build(),
                new RSASSASigner(rsa));
    }

    static String signed(JWSHeader.Builder header, JWTClaimsSet claims, JWSSigner signer) throws JOSEException {
        SignedJWT jwt = new SignedJWT(header.build(), claims);
        jwt.sign(signer);
        return jwt.serialize();
    }

    String[] rawParts(String header) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return new String[] {
            encoder.encodeToString(header.getBytes(StandardCharsets.UTF_8)),
            encoder.encodeToString(claims().build().toString().getBytes(StandardCharsets.UTF_8))
        };
    }

    void assertRefused(String token, String reason) throws IOException {
        RawClient.Answer answer = get("/any", "Authorization: Bearer " + token);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.problem()).isEqualTo("unauthenticated");
        assertThat(answer.body()).contains(reason).doesNotContain(token);
    }

    int status(String token) throws IOException {
        return get("/any", "Authorization: Bearer " + token).status();
    }

    RawClient.Answer get(String path, String... headers) throws IOException {
        try (RawClient client = listener.connect()) {
            String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
            return client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n")
                    .read();
        }
    }
}
