package io.bulwark.http.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import io.bulwark.grammar.Name;
import io.bulwark.http.server.Role;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a token must say to be taken, as a function of its claims and the time. */
final class TokenClaims {
    /** Stands for every tenant. */
    static final String EVERY_TENANT = "*";

    private final TokenRules rules;

    TokenClaims(TokenRules rules) {
        this.rules = rules;
    }

    /** @throws TokenRefused when a claim is missing, wrong, or of another time */
    Principal principal(JWTClaimsSet claims, Instant now) throws ParseException {
        checkIssuance(claims);
        Instant expiresAt = instant(claims.getExpirationTime())
                .orElseThrow(() -> new TokenRefused("it does not say when it expires"));
        if (!now.isBefore(expiresAt.plus(rules.clockSkew()))) {
            throw new TokenRefused("it has expired");
        }
        Instant notBefore = instant(claims.getNotBeforeTime()).orElse(Instant.EPOCH);
        if (now.isBefore(notBefore.minus(rules.clockSkew()))) {
            throw new TokenRefused("it is not valid yet");
        }
        return new Principal(tenant(claims), roles(claims), subject(claims), expiresAt);
    }

    private void checkIssuance(JWTClaimsSet claims) {
        if (!claims.getAudience().contains(rules.audience())) {
            throw new TokenRefused("it is for another audience");
        }
        if (rules.issuer().filter(issuer -> !issuer.equals(claims.getIssuer())).isPresent()) {
            throw new TokenRefused("it is of another issuer");
        }
    }

    private static Optional<Name> tenant(JWTClaimsSet claims) throws ParseException {
        String tenant = claims.getStringClaim("tenant");
        if (tenant == null || !(tenant.equals(EVERY_TENANT) || Name.isValid(tenant))) {
            throw new TokenRefused("it does not name a tenant");
        }
        return tenant.equals(EVERY_TENANT) ? Optional.empty() : Optional.of(new Name(tenant));
    }

    /** Roles of a later version are not known here, and allow nothing. */
    private static Set<Role> roles(JWTClaimsSet claims) throws ParseException {
        List<String> names = claims.getStringListClaim("roles");
        Set<Role> roles = EnumSet.noneOf(Role.class);
        if (names != null) {
            names.forEach(name -> Role.of(String.valueOf(name)).ifPresent(roles::add));
        }
        return roles;
    }

    private static String subject(JWTClaimsSet claims) {
        return claims.getSubject() == null ? "" : claims.getSubject();
    }

    private static Optional<Instant> instant(@Nullable Date date) {
        return Optional.ofNullable(date).map(Date::toInstant);
    }
}
