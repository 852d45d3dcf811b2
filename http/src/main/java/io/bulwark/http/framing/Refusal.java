package io.bulwark.http.framing;

/**
 * Why a connection's bytes are not read on.
 *
 * @param status the HTTP status to answer with
 * @param name the problem's name
 * @param detail what was wrong, and what was expected
 */
public record Refusal(int status, String name, String detail) {
    static Refusal malformed(String detail) {
        return new Refusal(400, "malformed-request", detail);
    }

    /** Ends the reading; it has no stack trace, because it tells of the bytes and not of this code. */
    static final class Raised extends RuntimeException {
        private final transient Refusal refusal;

        Raised(Refusal refusal) {
            super(refusal.detail(), null, false, false);
            this.refusal = refusal;
        }

        Refusal refusal() {
            return refusal;
        }
    }

    Raised raise() {
        return new Raised(this);
    }
}
