package io.bulwark.persistence.scratch;

import java.io.IOException;

/** A scratch server cannot be had: the message is a sentence that names what was wrong and what to do. */
public final class ScratchException extends IOException {
    private final Reason reason;

    /** What went wrong, as far as a caller can act on it. */
    public enum Reason {
        /** The wanted point is after the last transaction of the log that is there: take an earlier one, or the end. */
        AFTER_THE_LOG,
        /** Anything else; the message tells. */
        FAILED
    }

    ScratchException(String sentence) {
        this(Reason.FAILED, sentence);
    }

    ScratchException(Reason reason, String sentence) {
        super(sentence);
        this.reason = reason;
    }

    ScratchException(String sentence, Throwable cause) {
        super(sentence, cause);
        this.reason = Reason.FAILED;
    }

    /** What a caller can do about it. */
    public Reason reason() {
        return reason;
    }
}
