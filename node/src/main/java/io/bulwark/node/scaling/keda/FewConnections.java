package io.bulwark.node.scaling.keda;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Listens for connections and ends those at once that are too many, because gRPC's server takes any number. A connection
 * counts from when it is taken, whatever is sent over it.
 */
final class FewConnections extends NioServerSocketChannel {
    private final Semaphore free;

    FewConnections(int openMax) {
        this.free = new Semaphore(openMax);
    }

    @Override
    protected int doReadMessages(List<Object> taken) throws Exception {
        int before = taken.size();
        int read = super.doReadMessages(taken);
        taken.subList(before, taken.size()).removeIf(connection -> !fits((Channel) connection));
        return read;
    }

    private boolean fits(Channel connection) {
        if (free.tryAcquire()) {
            connection.closeFuture().addListener(_ -> free.release());
            return true;
        }
        connection.unsafe().closeForcibly();
        return false;
    }
}
