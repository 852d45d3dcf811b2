package io.bulwark.persistence.backup;

import java.io.IOException;

/** A backup cannot be restored: the message is a sentence that names what was wrong and what to do. */
public final class RestoreException extends IOException {
    RestoreException(String sentence) {
        super(sentence);
    }

    RestoreException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
