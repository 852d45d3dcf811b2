package io.bulwark.node.cluster;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.config.ClusterConfig;
import io.bulwark.persistence.cluster.MemberRoster;
import io.bulwark.persistence.cluster.RecordedMember;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds out why a node was not let in, for the person who started it. */
final class JoinTrouble {
    private static final Duration ASK_WITHIN = Duration.ofSeconds(2);
    private static final int ASKED_MAX = 5;

    private JoinTrouble() {}

    /** The members compared what this node told of itself, and said no. */
    static JoinRefused refused(ClusterConfig cluster, MemberRoster roster, RecordedMember self) {
        return new JoinRefused("The cluster refused this node: its name ('" + cluster.name() + "'), secret, database or"
                + " schema is not that of the members; the log of " + named(others(cluster, roster, self))
                + " says which of them differs");
    }

    /** Nobody let this node in within the time. */
    static JoinRefused nobodyLetUsIn(ClusterConfig cluster, MemberRoster roster, RecordedMember self, Exception late) {
        List<MemberAddress> others = others(cluster, roster, self);
        String found = others.isEmpty()
                ? "no other node was found: check bulwark.cluster.join or bulwark.cluster.discovery"
                : others.stream()
                        .limit(ASKED_MAX)
                        .map(address -> address + " " + asked(address))
                        .collect(Collectors.joining("; "));
        return new JoinRefused("No cluster let this node in within " + cluster.joinWithin() + ": " + found, late);
    }

    private static List<MemberAddress> others(ClusterConfig cluster, MemberRoster roster, RecordedMember self) {
        return Stream.concat(cluster.join().stream(), recorded(roster, self))
                .distinct()
                .toList();
    }

    private static Stream<MemberAddress> recorded(MemberRoster roster, RecordedMember self) {
        try {
            return roster.running().stream()
                    .filter(member -> !member.address().equals(self.address()))
                    .map(member -> MemberAddress.parse(member.management()));
        } catch (SQLException e) {
            return Stream.empty();
        }
    }

    private static String named(List<MemberAddress> others) {
        return others.isEmpty()
                ? "the members"
                : others.stream().map(MemberAddress::toString).collect(Collectors.joining(" or "));
    }

    private static String asked(MemberAddress address) {
        HttpRequest question = HttpRequest.newBuilder(URI.create("http://" + address + "/bootstrap/seed-nodes"))
                .timeout(ASK_WITHIN)
                .build();
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(ASK_WITHIN).build()) {
            var answer = client.send(question, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                return "is not the Management of a node (it answers " + answer.statusCode() + ")";
            }
            return answer.body().contains("\"node\"")
                    ? "is a member, and its remoting could not be reached or did not answer"
                    : "answers, and is not a member of a cluster itself";
        } catch (IOException e) {
            return "cannot be reached (" + e.getClass().getSimpleName()
                    + "): is it the address of a node's Management?";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "was not asked";
        }
    }
}
