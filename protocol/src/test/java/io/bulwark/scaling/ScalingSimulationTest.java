package io.bulwark.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Seeded curves of load over simulated time. Every decision is checked as it is made; what each curve cost is written to
 * {@code target/scaling-simulation.md}.
 */
class ScalingSimulationTest {
    private static final int SEEDS = 6;
    private static final Path REPORT = Path.of("target", "scaling-simulation.md");
    private static final Map<String, String> ROWS = new TreeMap<>();

    private static final Map<String, String> POLICIES = Map.of(
            "default", "{'targets':[{'metric':'cpu','average':0.7}]}",
            "careful", """
                    {'minimum':2,'maximum':16,'targets':[{'metric':'callsPerSecond','average':70}],
                     'rules':[{'name':'hot','metric':'cpu','operator':'above','threshold':0.9,'for':'PT30S','action':'add',
                               'step':2,'cooldown':'PT4M'},
                              {'name':'cold','metric':'cpu','operator':'below','threshold':0.2,'for':'PT5M',
                               'action':'remove','cooldown':'PT10M'}],
                     'scaleUp':{'stabilization':'PT1M','select':'min','policies':[
                       {'type':'nodes','value':3,'per':'PT1M'},{'type':'percent','value':50,'per':'PT30S'}]},
                     'scaleDown':{'stabilization':'PT10M','policies':[
                       {'type':'nodes','value':1,'per':'PT2M'},{'type':'percent','value':10,'per':'PT1M'}]}}""");

    static Stream<Arguments> histories() {
        return Stream.of(LoadCurve.values())
                .flatMap(curve -> POLICIES.keySet().stream()
                        .sorted()
                        .flatMap(policy -> Stream.iterate(1L, seed -> seed + 1)
                                .limit(SEEDS)
                                .map(seed -> Arguments.of(curve, policy, seed))));
    }

    @AfterAll
    static void writeReport() throws IOException {
        Files.createDirectories(REPORT.toAbsolutePath().getParent());
        Files.writeString(
                REPORT,
                ROWS.entrySet().stream()
                        .map(row -> "| " + row.getKey() + " | " + row.getValue() + " |\n")
                        .collect(Collectors.joining("", """
                                | load | policy | seed | decisions | under-provisioned node-seconds | over-provisioned node-seconds |
                                |---|---|---|---|---|---|
                                """, "")));
    }

    @ParameterizedTest(name = "{0}, {1}, seed {2}")
    @MethodSource("histories")
    void history_isSafeThroughoutAndSettlesWhenLoadIsSteady(LoadCurve curve, String policy, long seed) {
        SimulatedCluster cluster = cluster(policy, seed).withNoise(0.05);
        cluster.play(curve);
        ROWS.put(curve + " | " + policy + " | " + seed, cluster.report());
        assertSettles(cluster, 4.2);
    }

    @ParameterizedTest(name = "{0}, {1}, seed {2}")
    @MethodSource("histories")
    void history_withOtherCoordinatorsInMidRun_isSafeAndSettles(LoadCurve curve, String policy, long seed) {
        SimulatedCluster cluster = cluster(policy, seed).withNoise(0.05).withRestarts(50);
        cluster.play(curve);
        assertSettles(cluster, 4.2);
    }

    @ParameterizedTest(name = "{0}, {1}, seed {2}")
    @MethodSource("histories")
    void history_ofTheSameSeed_isTheSame(LoadCurve curve, String policy, long seed) {
        SimulatedCluster one = cluster(policy, seed).withNoise(0.1).withRestarts(10);
        SimulatedCluster other = cluster(policy, seed).withNoise(0.1).withRestarts(10);
        one.play(curve);
        other.play(curve);
        assertThat(one.decisions()).isNotEmpty().isEqualTo(other.decisions());
    }

    @ParameterizedTest(name = "seed {0}")
    @CsvSource({"1", "2", "3", "4"})
    void flappingMetric_isFollowedUpwardsOnly(long seed) {
        SimulatedCluster cluster = cluster("default", seed).withNoise(0.1);
        cluster.play(LoadCurve.FLAPPING);
        assertThat(cluster.decisions()).hasSizeBetween(1, 5).allMatch(decision -> decision.to() > decision.from());
    }

    @ParameterizedTest(name = "{0} nodes needed, from {1}, seed {3}")
    @CsvSource({
        "1.5, 2, 0, 1",
        "2.5, 3, 0, 2",
        "2.9, 3, 0, 3",
        "3.4, 4, 0, 4",
        "7.3, 8, 0, 5",
        "12.5, 13, 0, 6",
        "20.05, 21, 0, 7",
        "3.4, 2, 1, 8",
        "5.5, 2, 1, 9",
        "3.5, 9, 1, 10"
    })
    void steadyLoad_withNoiseOfATenthForADay_doesNotOscillate(double needed, int size, int decisions, long seed) {
        ScalingPolicy policy = Json.read("{'targets':[{'metric':'callsPerSecond','average':70}]}", ScalingPolicy.class);
        SimulatedCluster cluster = new SimulatedCluster(policy, size, seed).withNoise(0.1);
        cluster.playSteady(needed * SimulatedCluster.WANTED, Duration.ofDays(1));
        ROWS.put("STEADY " + needed + " nodes | default, callsPerSecond | " + seed, cluster.report());
        assertThat(cluster.decisions()).hasSize(decisions);
        assertThat(cluster.size()).isEqualTo((int) Math.ceil(needed));
    }

    /** At a load without noise: as many as it is worth, or as many as are near enough. */
    private static void assertSettles(SimulatedCluster cluster, double load) {
        cluster.withNoise(0).playSteady(load, Duration.ofMinutes(45));
        int decisions = cluster.decisions().size();
        cluster.playSteady(load, Duration.ofMinutes(45));
        double needed = load / SimulatedCluster.WANTED;
        assertThat(cluster.decisions()).hasSize(decisions);
        assertThat(cluster.size())
                .isBetween((int) Math.ceil(needed / 1.1), Math.max((int) Math.ceil(needed), (int) (needed / 0.9)));
    }

    private static SimulatedCluster cluster(String policy, long seed) {
        return new SimulatedCluster(
                Json.read(Objects.requireNonNull(POLICIES.get(policy)), ScalingPolicy.class), 2, seed);
    }
}
