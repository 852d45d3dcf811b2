package io.bulwark.node.cluster;

/** This node did not become a member; the message says why and what to do. */
public final class JoinRefused extends RuntimeException {
    JoinRefused(String message) {
        super(message);
    }

    JoinRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
