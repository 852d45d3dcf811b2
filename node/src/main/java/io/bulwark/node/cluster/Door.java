package io.bulwark.node.cluster;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Where a member takes what other members send. */
interface Door {
    /** How long a machine may take to answer. */
    Duration ANSWER_WITHIN = Duration.ofMillis(300);
    /** How long a proxy may take to close the connection again. */
    Duration CLOSED_WITHIN = Duration.ofMillis(150);

    /** What a look finds. */
    enum Found {
        /** Somebody takes connections, and waits for the first word, as one does who listens for members. */
        OPEN,
        /** The machine says that nobody listens: it refuses the connection. */
        REFUSED,
        /** A connection is taken, and ended at once: by a proxy that finds nobody behind it. */
        CLOSED,
        /** Nobody answers, or nothing that says anything. */
        SILENT
    }

    /** Tries to connect by TCP, and sends nothing. May block for both times. */
    Found look(String host, int port);

    /** The real one. */
    static Door tcp() {
        return (host, port) -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, port), (int) ANSWER_WITHIN.toMillis());
                return lookInside(socket);
            } catch (ConnectException refused) {
                return Found.REFUSED;
            } catch (IOException unknown) {
                return Found.SILENT;
            }
        };
    }

    private static Found lookInside(Socket socket) {
        try {
            socket.setSoTimeout((int) CLOSED_WITHIN.toMillis());
            return socket.getInputStream().read() < 0 ? Found.CLOSED : Found.OPEN;
        } catch (SocketTimeoutException waiting) {
            return Found.OPEN;
        } catch (SocketException reset) {
            return Found.CLOSED;
        } catch (IOException unknown) {
            return Found.SILENT;
        }
    }
}
