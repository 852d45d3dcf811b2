package io.bulwark.persistence.repository;

import java.io.IOException;

/** A store or a repository could not do what was asked; {@link #kind} says what the caller can do about it. */
public final class StoreTrouble extends IOException {
    private final Kind kind;

    /** What went wrong, as far as a caller can act on it. */
    public enum Kind {
        /** There is an object under this key already, and objects are never overwritten. */
        EXISTS,
        /** There is no object under this key. */
        MISSING,
        /** No space, or the quota is used up: free some, then try again. */
        FULL,
        /** The store takes no writes at all; reading works. */
        READ_ONLY,
        /** These credentials, or this user, may not do it. */
        DENIED,
        /** The store does not answer: try again later. */
        UNREACHABLE,
        /** The store asks to be called less often: wait, then try again. */
        THROTTLED,
        /** What is stored is not what was written: truncated, flipped, swapped or mixed. */
        DAMAGED,
        /** The key-encryption key that is needed is not here, or is another one under the same id. */
        WRONG_KEY,
        /** Anything else; the message and the cause tell. */
        FAILED
    }

    /** @param message for people: what was wrong, the key or file, what to do; without secrets */
    public StoreTrouble(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** @param message as for {@link #StoreTrouble(Kind, String)} */
    public StoreTrouble(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** The trouble itself if it is one already, else one of kind FAILED. */
    static StoreTrouble of(String what, IOException failure) {
        return failure instanceof StoreTrouble trouble
                ? trouble
                : new StoreTrouble(Kind.FAILED, what + ": " + failure.getMessage(), failure);
    }

    /** The same trouble for another thread, with this one as its cause. */
    public StoreTrouble again() {
        return new StoreTrouble(kind, String.valueOf(getMessage()), this);
    }

    /** What the caller can do about it. */
    public Kind kind() {
        return kind;
    }
}
