package io.bulwark.load.rival;

import java.net.InetSocketAddress;
import java.util.List;

/** A running subject that answers HTTP; closing ends its processes. */
public interface Peer extends AutoCloseable {
    /** Where it answers, 1 or more. */
    List<InetSocketAddress> addresses();

    @Override
    void close();
}
