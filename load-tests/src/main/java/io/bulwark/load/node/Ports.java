package io.bulwark.load.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Ports that a process can be told before it starts. They lie below those that Linux gives to outgoing connections
 * (32768 and above), so that none of them is taken between the look and the use by anything but another server.
 */
public final class Ports {
    private static final int FIRST = 20_000;
    private static final int COUNT = 10_000;
    /** Processes that run at the same time begin at different places. */
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 97 % COUNT));

    private Ports() {}

    /** A port that is free on loopback, and that this process has not given away lately. */
    public static int free() {
        return free(1);
    }

    /** The first of so many ports in a row of which the same holds. */
    public static int free(int inARow) {
        for (int tries = 0; tries < COUNT; tries++) {
            int first = FIRST + Math.floorMod(NEXT.getAndAdd(inARow), COUNT - inARow + 1);
            if (IntStream.range(first, first + inARow).allMatch(Ports::isFree)) {
                return first;
            }
        }
        throw new IllegalStateException(
                "No " + inARow + " ports in a row from " + FIRST + " to " + (FIRST + COUNT - 1) + " are free");
    }

    /** Whether a server could listen there. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
