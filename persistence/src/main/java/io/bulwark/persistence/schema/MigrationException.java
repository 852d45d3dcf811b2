package io.bulwark.persistence.schema;

/** The schema cannot be brought where it should be: the message is one sentence that names the script. */
public final class MigrationException extends RuntimeException {
    MigrationException(String sentence) {
        super(sentence);
    }

    MigrationException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
