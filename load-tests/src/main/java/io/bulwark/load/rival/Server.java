package io.bulwark.load.rival;

import io.bulwark.load.node.ChildProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** One process that answers on one port of loopback. */
record Server(ChildProcess process, int port) implements Peer {
    @Override
    public List<InetSocketAddress> addresses() {
        return List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    @Override
    public void close() {
        process.close();
    }
}
