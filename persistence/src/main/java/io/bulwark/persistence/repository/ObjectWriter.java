package io.bulwark.persistence.repository;

import java.io.OutputStream;

/**
 * One object while it is written. Nothing of it is visible before {@link #commit}; {@code close()} without a commit
 * discards it, and after a commit does nothing. For one thread.
 */
public abstract class ObjectWriter extends OutputStream {
    /**
     * Makes the object durable and visible, whole; at most once.
     *
     * @throws StoreTrouble EXISTS when the key was taken in the meantime, or what the store reports; nothing of the object
     *     is visible then
     */
    public abstract void commit() throws StoreTrouble;
}
