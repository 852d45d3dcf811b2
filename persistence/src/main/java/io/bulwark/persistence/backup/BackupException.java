package io.bulwark.persistence.backup;

import java.io.IOException;
import java.util.Optional;

/** A base backup could not be taken: the message is a sentence that says why and what to do. Nothing of it is kept. */
public final class BackupException extends IOException {
    private final String sqlState;

    BackupException(String sentence, Throwable cause) {
        super(sentence, cause);
        this.sqlState = "";
    }

    BackupException(String sentence) {
        super(sentence);
        this.sqlState = "";
    }

    /** @param sqlState as the server said it; empty when it said none */
    BackupException(String sentence, String sqlState, Throwable cause) {
        super(sentence, cause);
        this.sqlState = sqlState;
    }

    /** The server's code, such as {@code 42501} (no right to replicate); empty when the server did not refuse. */
    public Optional<String> sqlState() {
        return sqlState.isEmpty() ? Optional.empty() : Optional.of(sqlState);
    }
}
