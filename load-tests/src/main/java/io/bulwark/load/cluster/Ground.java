package io.bulwark.load.cluster;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What a cluster stands on: addresses for its nodes, and what can be done to the network between them. */
public interface Ground extends AutoCloseable {
    /** One for each node. */
    List<Place> places();

    /** This machine's address that all nodes reach: the services and the database of a test listen there. */
    InetAddress harness();

    /** Whose addresses may ask the database, in CIDR form. */
    String network();

    /**
     * Ends all traffic between these nodes and the others, both ways and without a word; all of them still reach the
     * database, the services and the callers.
     *
     * @param minority nodes by number, from 0
     * @throws IllegalStateException when this ground cannot do it
     */
    void cut(Set<Integer> minority);

    /** Lets everything through again that was cut. */
    void heal();

    /** Holds everything that others send to the node for so long; zero lets it through as it comes. */
    void slow(int node, Duration delay);

    /** Ends the connections that others have to the node; they may connect again at once. */
    void breakConnections(int node);

    @Override
    void close();
}
