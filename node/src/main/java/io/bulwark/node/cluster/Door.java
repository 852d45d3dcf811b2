package io.bulwark.node.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Where a member takes what other members send. */
interface Door {
    /** How long a machine may take to answer, and then to close the connection again. */
    Duration ANSWER_WITHIN = Duration.ofMillis(300);

    /**
     * Whether it is known that no process listens there: a connection is refused, or, by a proxy that takes it in the
     * process's place, closed at once. No answer at all says nothing. May block for twice {@link #ANSWER_WITHIN}.
     */
    boolean isShut(String host, int port);

    /** Tries to connect by TCP, and sends nothing. */
    static Door tcp() {
        return (host, port) -> {
            int within = (int) ANSWER_WITHIN.toMillis();
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, port), within);
                socket.setSoTimeout(within);
                // Whoever listens for members waits for the first word.
                return socket.getInputStream().read() < 0;
            } catch (SocketTimeoutException silent) {
                return false;
            } catch (SocketException refusedOrReset) {
                return true;
            } catch (IOException unknown) {
                return false;
            }
        };
    }
}
