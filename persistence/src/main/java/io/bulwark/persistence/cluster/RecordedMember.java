package io.bulwark.persistence.cluster;

import java.time.Instant;

/**
 * A node as it wrote itself down.
 *
 * @param cluster the name of its cluster
 * @param address {@code host:port} of its remoting, by which members know each other
 * @param management {@code host:port} of its Management, where who joins asks
 */
public record RecordedMember(String cluster, String address, String management) {
    /**
     * What a member that runs last wrote of itself.
     *
     * @param membersSeen how many members it sees, itself included
     * @param seenAt when it wrote it, by the database's clock
     */
    public record Sign(RecordedMember member, int membersSeen, Instant seenAt) {}
}
