package io.bulwark.node.backup;

import java.io.IOException;

/** A run cannot be begun, or must not go on, now; a later attempt may. */
final class RunRefused extends IOException {
    private static final long serialVersionUID = 1L;

    RunRefused(String sentence) {
        super(sentence);
    }

    RunRefused(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
