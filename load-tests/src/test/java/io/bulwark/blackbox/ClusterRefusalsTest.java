package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.cluster.Place;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Ports;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A node that does not belong ends by itself, and says why; so does the member that it asked. */
@ExtendWith(SharedCluster.class)
class ClusterRefusalsTest {
    private static final String REFUSED = "The cluster refused this node";

    static Stream<Arguments> strangers() {
        return Stream.of(
                Arguments.of("name", "its cluster is 'strangers' and this one is 'bulwark'"),
                Arguments.of("secret", "its cluster secret is another"),
                Arguments.of("database", "it works on another database"));
    }

    @ParameterizedTest(name = "another {0}")
    @MethodSource("strangers")
    void join_asAStranger_isRefusedAndBothSidesSayWhy(String what, String memberSays, Cluster cluster) {
        try (BulwarkNode stranger = start(
                cluster,
                "stranger-" + what,
                strange(what, cluster),
                cluster.place(0).management())) {
            assertThat(stranger.process().exitStatus(BulwarkNode.PATIENCE)).isNotZero();
            assertThat(stranger.process().lines())
                    .anySatisfy(line -> assertThat(line).contains(REFUSED));
            assertThat(cluster.node(0).process().line(Pattern.compile(Pattern.quote(memberSays)), BulwarkNode.PATIENCE))
                    .isNotNull();
        }
        assertThat(cluster.isWhole()).as("the cluster is as it was").isTrue();
    }

    private static Map<String, String> strange(String what, Cluster cluster) {
        String other = cluster.databaseUrl(Cluster.OTHER_DATABASE);
        return switch (what) {
            case "name" -> Map.of("BULWARK_CLUSTER_NAME", "strangers", "BULWARK_DATABASE_URL", other);
            case "secret" -> Map.of("BULWARK_CLUSTER_SECRET", "overheard");
            case "database" -> Map.of("BULWARK_DATABASE_URL", other);
            default -> throw new IllegalArgumentException("Nobody is strange in the way of '" + what + "'");
        };
    }

    @Test
    void start_underAnotherNameOnTheDatabaseOfACluster_isRefused(Cluster cluster) {
        try (BulwarkNode stranger = start(
                cluster,
                "stranger-on-the-database",
                Map.of("BULWARK_CLUSTER_NAME", "strangers"),
                cluster.place(0).management())) {
            assertThat(stranger.process().exitStatus(BulwarkNode.PATIENCE)).isNotZero();
            assertThat(stranger.process().lines())
                    .anySatisfy(line -> assertThat(line).contains("The cluster 'bulwark' works on this database"));
        }
    }

    @Test
    void join_whereNobodyListens_endsInTimeAndNamesTheAddress(Cluster cluster) {
        String nobody = "127.0.0.1:" + Ports.free();
        Map<String, String> alone = Map.of(
                "BULWARK_JOIN_WITHIN", "5s", "BULWARK_DATABASE_URL", cluster.databaseUrl(Cluster.OTHER_DATABASE));

        try (BulwarkNode lost = start(cluster, "stranger-alone", alone, nobody)) {
            assertThat(lost.process().exitStatus(BulwarkNode.PATIENCE)).isNotZero();
            assertThat(lost.process().lines())
                    .anySatisfy(line -> assertThat(line).contains("within PT5S", nobody + " cannot be reached"));
        }
    }

    private static BulwarkNode start(Cluster cluster, String name, Map<String, String> strange, String join) {
        Place place =
                new Place("127.0.0.1", "127.0.0.1", Ports.free(), Ports.free(), Ports.free(), List.of(), Map.of());
        return BulwarkNode.launch(name, cluster.launchAt(place).with(strange), "--join", join);
    }
}
