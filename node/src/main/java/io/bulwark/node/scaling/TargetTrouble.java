package io.bulwark.node.scaling;

import java.time.Duration;
import java.util.Optional;

/** A target did not do what it was asked. */
public final class TargetTrouble extends Exception {
    /** What kind of trouble it is, which says whether trying again helps. */
    public enum Kind {
        /** It cannot be reached, or does not answer in time: what was asked may or may not have been done. */
        UNREACHABLE,
        /** It does not let this node do so (401, 403): somebody has to grant it. */
        FORBIDDEN,
        /** It is not there (404). */
        MISSING,
        /** It was changed by somebody else meanwhile (409): decide anew. */
        CONFLICT,
        /** It has too much to do (429): later. */
        BUSY,
        /** It failed (5xx), or answered what nobody understands. */
        FAILED,
        /** Something else scales it, and two that do would fight. */
        RIVAL,
        /** Another node is the coordinator by now. */
        SUPERSEDED
    }

    private final Kind kind;
    private final transient Optional<Duration> retryAfter;

    /** @param message a sentence that says what is wrong and what to do */
    public TargetTrouble(Kind kind, String message) {
        this(kind, message, Optional.empty());
    }

    /** @param retryAfter how long the target asked to be left alone */
    public TargetTrouble(Kind kind, String message, Optional<Duration> retryAfter) {
        super(message);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    public Kind kind() {
        return kind;
    }

    /** How long the target asked to be left alone. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }

    /** Never absent. */
    public String sentence() {
        return kind + ": " + getMessage();
    }
}
