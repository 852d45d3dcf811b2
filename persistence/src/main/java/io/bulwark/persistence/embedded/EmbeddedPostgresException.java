package io.bulwark.persistence.embedded;

/** The embedded server cannot be had: the message is one sentence that says why and what to do. */
public final class EmbeddedPostgresException extends RuntimeException {
    EmbeddedPostgresException(String sentence) {
        super(sentence);
    }

    EmbeddedPostgresException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
