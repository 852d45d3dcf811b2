package io.bulwark.http.gateway;

/** How the body of a message ended, seen from between its sender and its receiver. */
enum BodyEnd {
    /** Whole. */
    COMPLETE,
    /** The sender stopped before the end. */
    BROKE_OFF,
    /** The sender sent nothing for too long while more was wanted. */
    STALLED,
    /** The sender sent more than is allowed. */
    TOO_LARGE,
    /** The receiver wanted no more, or took nothing for too long. */
    UNWANTED
}
