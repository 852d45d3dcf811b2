package io.bulwark.load.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What a node answers to {@code GET /v1/cluster}. */
public record ClusterView(String self, List<Member> members) {
    public ClusterView {
        members = List.copyOf(members);
    }

    /**
     * One member.
     *
     * @param guards awake there, -1 where that is not known
     */
    public record Member(String address, String status, boolean reachable, boolean oldest, int guards) {}

    /** Reads it. */
    static ClusterView of(JsonNode json) {
        return new ClusterView(
                json.path("self").asText(),
                StreamSupport.stream(json.path("members").spliterator(), false)
                        .map(ClusterView::member)
                        .toList());
    }

    private static Member member(JsonNode json) {
        return new Member(
                json.path("address").asText(),
                json.path("status").asText(),
                json.path("reachable").asBoolean(),
                json.path("oldest").asBoolean(),
                json.path("guards").asInt(-1));
    }

    /** Whether exactly these are members, and all are up and reachable. */
    public boolean isWhole(Set<String> addresses) {
        return members.stream().map(Member::address).collect(Collectors.toSet()).equals(addresses)
                && members.size() == addresses.size()
                && members.stream().allMatch(member -> member.status().equals("up") && member.reachable());
    }

    /** The member with the most guards; the oldest of those with as many. */
    public String busiest() {
        return members.stream()
                .max(Comparator.comparingInt(Member::guards).thenComparing(Member::oldest))
                .map(Member::address)
                .orElseThrow();
    }
}
