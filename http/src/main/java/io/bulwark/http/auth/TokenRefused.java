package io.bulwark.http.auth;

/** Why a token proves nothing; the message never holds any of it. */
final class TokenRefused extends RuntimeException {
    TokenRefused(String reason) {
        super(reason, null, false, false);
    }
}
