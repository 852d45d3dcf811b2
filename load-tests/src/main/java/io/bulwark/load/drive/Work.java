package io.bulwark.load.drive;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * What is sent to whom. One instance serves all connections of a run.
 *
 * <p>A driver takes numbers 0, 1, 2, … in turn, asks for the request of each, and sends it on a connection to one of the
 * addresses.
 */
public interface Work {
    /** How long a call may take by default. */
    Duration ANSWER_WITHIN = Duration.ofSeconds(30);

    /** Whom to call, HTTP/1.1 without TLS; connections are spread over them evenly. 1 or more. */
    List<InetSocketAddress> addresses();

    /**
     * A whole request as it goes over the wire: head, empty line, body; the connection is kept open. Not HEAD, since the
     * length of an answer is read off its head.
     *
     * @param number of the request, 0 or more; asked for once
     */
    byte[] request(long number);

    /** Whether an answer with this status is as it should be; others count as failed. */
    boolean isRight(int status);

    /** After which a call is given up, from the moment that was intended for it; at least 1 ms. */
    default Duration answerWithin() {
        return ANSWER_WITHIN;
    }

    /**
     * Told of every call when it has ended, also in the warm-up; for those who keep more than figures.
     *
     * @param number of the call; a call that could not be sent has none, and is not told of
     * @param status of the last answer, 0 when none came
     * @param intended the {@link System#nanoTime} for which it was meant
     * @param ended the same when it ended
     */
    default void ended(long number, int status, long intended, long ended) {}
}
