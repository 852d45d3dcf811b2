package io.bulwark.persistence.cluster;

/**
 * A node as it wrote itself down.
 *
 * @param cluster the name of its cluster
 * @param address {@code host:port} of its remoting, by which members know each other
 * @param management {@code host:port} of its Management, where who joins asks
 */
public record RecordedMember(String cluster, String address, String management) {}
