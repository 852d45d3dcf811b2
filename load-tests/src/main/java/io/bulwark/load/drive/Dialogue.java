package io.bulwark.load.drive;

/** Work whose calls are several requests after each other on one connection, measured from the first to the last. */
public interface Dialogue extends Work {
    /** What {@link #next} returns when nothing more is to be sent. */
    byte[] NOTHING_MORE = new byte[0];

    /**
     * The request that follows an answer that was right. An answer that was not ends the call.
     *
     * @param number of the call
     * @param step which answer of the call it is, 0 for the first
     * @param answer valid until this returns
     */
    byte[] next(long number, int step, Answer answer);
}
