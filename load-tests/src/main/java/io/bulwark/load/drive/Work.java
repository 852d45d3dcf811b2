package io.bulwark.load.drive;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * What is sent to whom. One instance serves all connections of a run, from several threads.
 *
 * <p>A driver takes numbers 0, 1, 2, … in turn, asks for the request of each, and sends it on a connection to one of the
 * addresses.
 */
public interface Work {
    /** Whom to call, HTTP/1.1 without TLS; connections are spread over them evenly. 1 or more. */
    List<InetSocketAddress> addresses();

    /**
     * A whole request as it goes over the wire: head, empty line, body; the connection is kept open.
     *
     * @param number of the request, 0 or more; asked for once
     */
    byte[] request(long number);

    /** Whether an answer with this status is as it should be; others count as failed. */
    boolean isRight(int status);
}
