package io.bulwark.http.auth;

import java.time.Duration;
import java.util.Optional;

/**
 * What a token must say beside being signed.
 *
 * @param audience what its {@code aud} must name
 * @param issuer what its {@code iss} must be, if that is asked for
 * @param clockSkew how far the clocks of issuer and node may be apart, 0 to 5 min
 */
public record TokenRules(String audience, Optional<String> issuer, Duration clockSkew) {
    /** The audience of the tokens that a node mints itself. */
    public static final String AUDIENCE = "bulwark";

    /** Bulwark's own audience, any issuer, half a minute. */
    public static final TokenRules DEFAULT = new TokenRules(AUDIENCE, Optional.empty(), Duration.ofSeconds(30));

    public TokenRules {
        if (clockSkew.isNegative() || clockSkew.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException("clockSkew is " + clockSkew + ": expected PT0S to PT5M");
        }
    }
}
