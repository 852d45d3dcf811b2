package io.bulwark.http.auth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import io.bulwark.grammar.Name;
import io.bulwark.http.server.Role;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Issues tokens under a node's own key. */
public final class TokenMint {
    private static final Duration TTL_MIN = Duration.ofSeconds(1);
    private static final Duration TTL_MAX = Duration.ofDays(3_660);

    private final LocalKey key;
    private final TokenRules rules;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** @param audience what the tokens name as theirs; {@link TokenRules#AUDIENCE} unless configured otherwise */
    public TokenMint(LocalKey key, String audience, InstantSource clock, RandomGenerator random) {
        this(key, new TokenRules(audience, Optional.empty(), Duration.ZERO), clock, random);
    }

    /** @param rules that the tokens are to pass: their audience, and their issuer if one is asked for */
    public TokenMint(LocalKey key, TokenRules rules, InstantSource clock, RandomGenerator random) {
        this.key = key;
        this.rules = rules;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Issues a token.
     *
     * @param subject what the bearer is called
     * @param tenant the tenant that it is for; empty: every one
     * @param ttl how long it is valid from now, 1 s to about ten years
     * @throws IllegalArgumentException when there is no role or the time is out of range
     */
    public String issue(String subject, Optional<Name> tenant, Set<Role> roles, Duration ttl) {
        if (roles.isEmpty() || ttl.compareTo(TTL_MIN) < 0 || ttl.compareTo(TTL_MAX) > 0) {
            throw new IllegalArgumentException("The token has the roles " + roles + " for " + ttl
                    + ": expected at least one role, and " + TTL_MIN + " to " + TTL_MAX);
        }
        Instant now = clock.instant();
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .subject(subject)
                .audience(rules.audience())
                .issuer(rules.issuer().orElse(null))
                .claim("tenant", tenant.map(Name::value).orElse(TokenClaims.EVERY_TENANT))
                .claim("roles", roles.stream().map(Role::claim).sorted().toList())
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(now.plus(ttl)))
                .jwtID(HexFormat.of().toHexDigits(random.nextLong())
                        + HexFormat.of().toHexDigits(random.nextLong()))
                .build();
        return signed(claims);
    }

    private String signed(JWTClaimsSet claims) {
        JWSHeader header =
                new JWSHeader.Builder(JWSAlgorithm.EdDSA).keyID(key.id()).build();
        JWSObject unsigned = new JWSObject(header, new Payload(claims.toJSONObject()));
        Base64URL signature = Base64URL.encode(key.sign(unsigned.getSigningInput()));
        return new String(unsigned.getSigningInput(), StandardCharsets.US_ASCII) + "." + signature;
    }
}
