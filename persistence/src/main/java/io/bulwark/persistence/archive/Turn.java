package io.bulwark.persistence.archive;

import io.bulwark.persistence.archive.ArchiverSettings.Durability;

/** What to do after something has arrived from the server. */
enum Turn {
    /** Wait for the next message. */
    READ_ON,
    /** Tell the server how far the repository holds its log, which is no further than last time. */
    ANSWER,
    /** Store what has arrived since the last piece, then acknowledge it. */
    STORE_PIECE,
    /** Store the whole segment, then acknowledge it. */
    STORE_SEGMENT;

    /** The most bytes that are gathered into one piece while the answer to the last one is awaited. */
    static final int PIECE_BYTES_MAX = 1 << 20;

    /**
     * Where the archiver stands.
     *
     * @param unstored bytes of the begun segment that the repository does not hold yet
     * @param whole whether the begun segment has arrived whole
     * @param restIsReady whether the server has the rest of the segment already, so that it will come at once
     * @param echoAwaited whether the server still owes the answer to the last acknowledgement: until it is here there may
     *     be more on the way, which is stored together with what is here
     * @param asked whether the server wants an answer now; it does when nothing has happened for a while, and before it
     *     stops
     */
    record Moment(int unstored, boolean whole, boolean restIsReady, boolean echoAwaited, boolean asked) {}

    static Turn next(Durability durability, Moment now) {
        if (now.whole) {
            return STORE_SEGMENT;
        }
        boolean piece = now.unstored > 0
                && !now.restIsReady
                && switch (durability) {
                    case SYNCHRONOUS -> !now.echoAwaited || now.unstored >= PIECE_BYTES_MAX || now.asked;
                    case ASYNCHRONOUS -> now.asked;
                };
        if (piece) {
            return STORE_PIECE;
        }
        return now.asked ? ANSWER : READ_ON;
    }
}
