package io.bulwark.node.cluster;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** Where a member takes what other members send. */
interface Door {
    /**
     * Whether the machine behind the address says that no process listens there: a connection is refused. No answer at
     * all says nothing. May block for {@link #ANSWER_WITHIN}.
     */
    boolean isRefused(String host, int port);

    /** How long a machine may take to answer. */
    Duration ANSWER_WITHIN = Duration.ofMillis(500);

    /** Tries to connect by TCP, and sends nothing. */
    static Door tcp() {
        return (host, port) -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, port), (int) ANSWER_WITHIN.toMillis());
                return false;
            } catch (ConnectException refused) {
                // Java has this exception for time-outs of the system's own as well, which take far longer.
                return true;
            } catch (IOException unknown) {
                return false;
            }
        };
    }
}
