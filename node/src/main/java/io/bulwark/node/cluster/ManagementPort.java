package io.bulwark.node.cluster;

import io.bulwark.node.config.NodeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;

/**
 * The port of Management. It does not say which port it took, so a free one is chosen for it, and held until it binds:
 * else the remoting, which also takes a free one, is now and then given the same.
 */
final class ManagementPort implements AutoCloseable {
    private final int number;
    private final Optional<ServerSocket> held;

    private ManagementPort(int number, Optional<ServerSocket> held) {
        this.number = number;
        this.held = held;
    }

    static ManagementPort hold(NodeConfig.Endpoint wanted) throws IOException {
        if (wanted.port() != 0) {
            return new ManagementPort(wanted.port(), Optional.empty());
        }
        ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(wanted.host()));
        return new ManagementPort(free.getLocalPort(), Optional.of(free));
    }

    int number() {
        return number;
    }

    /** Gives the port up; to be called at once before Management binds it. */
    @Override
    public void close() throws IOException {
        if (held.isPresent()) {
            held.get().close();
        }
    }
}
