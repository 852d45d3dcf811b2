package io.bulwark.persistence.repository.remote;

import io.bulwark.persistence.repository.StoreTrouble;

/**
 * One object on its way to a store: either {@link #whole}, or parts from 1 on and {@link #complete}. The calls come one
 * after the other, perhaps from several threads. The bytes belong to the caller again when the call is over.
 */
public interface Upload {
    /** Creates the object at once, unless it is there. */
    void whole(byte[] bytes, int length) throws StoreTrouble;

    /** Sends the next part; nothing is visible yet. */
    void part(int number, byte[] bytes, int length) throws StoreTrouble;

    /** Creates the object of the parts that were sent, unless it is there. */
    void complete() throws StoreTrouble;

    /** Gives up what was sent, as far as the store does not forget it by itself. */
    void abort() throws StoreTrouble;

    /** For messages: the object and where it is. */
    String describe();
}
