package io.bulwark.cluster;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;

/**
 * The cluster as one member sees it; members may see it differently for a moment.
 *
 * @param name of the cluster
 * @param self the member that says so
 * @param leader the member that lets others in and out; absent while there is none
 * @param members in the order of their addresses
 * @param coordinators in the order of their names
 */
public record ClusterView(
        String name,
        MemberAddress self,
        Optional<MemberAddress> leader,
        List<Member> members,
        List<Coordinator> coordinators) {
    public ClusterView {
        members = members.stream()
                .sorted((one, other) -> one.address().compareTo(other.address()))
                .toList();
        coordinators = coordinators.stream()
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .toList();
    }

    /**
     * One member.
     *
     * @param reachable whether the member that says so hears from it
     * @param oldest whether it is the oldest member, on which the coordinators live
     * @param version of Bulwark that it runs
     * @param shards how many shards live there; absent when it is not known
     * @param guards how many guards are awake there; absent when it is not known
     * @param self whether it is the member that says so
     */
    public record Member(
            MemberAddress address,
            Status status,
            boolean reachable,
            boolean oldest,
            String version,
            Optional<Integer> shards,
            Optional<Integer> guards,
            boolean self) {}

    /** A cluster singleton, and the member on which it lives. */
    public record Coordinator(String name, MemberAddress member) {}

    /** Where a member is in its life; in this order, but any of them can be taken down. */
    public enum Status {
        /** It wants in, and the leader has not let it in yet. */
        @JsonProperty("joining")
        JOINING,
        /** It was let in while not all could agree. */
        @JsonProperty("weakly-up")
        WEAKLY_UP,
        /** It serves. */
        @JsonProperty("up")
        UP,
        /** It drains. */
        @JsonProperty("leaving")
        LEAVING,
        /** It has handed its shards over. */
        @JsonProperty("exiting")
        EXITING,
        /** The others have given it up. */
        @JsonProperty("down")
        DOWN,
        /** It is gone. */
        @JsonProperty("removed")
        REMOVED
    }
}
