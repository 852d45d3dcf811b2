package io.bulwark.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Seeded days of a cluster: what is decided under several courses of load, and how well it fits. */
class ScalingSimulationTest {
    private static final String CALLS = "callsPerSecond";
    private static final double PER_NODE = 100;
    private static final Instant BEGIN = Instant.parse("2026-11-26T12:00:00Z");
    private static final int MINIMUM = 2;
    private static final int MAXIMUM = 20;
    private static final String HEAD = """
            | course of a day | decisions | node-seconds too many | node-seconds too few |
            |---|---|---|---|
            """;
    private static final List<String> TABLE = new ArrayList<>();

    /** A course of load: nodes' worth at a part of the day. */
    enum Course {
        STEADY,
        SPIKE,
        DIURNAL,
        SAWTOOTH,
        FLAPPING;

        double nodes(double day) {
            return switch (this) {
                case STEADY -> 6.4;
                case SPIKE -> day > 0.5 && day < 0.52 ? 15 : 3;
                case DIURNAL -> 7 - 5 * Math.cos(2 * Math.PI * day);
                case SAWTOOTH -> 2 + 10 * (day * 8 % 1);
                case FLAPPING -> Math.floorMod((long) (day * 86_400 / 30), 2) == 0 ? 4 : 9;
            };
        }
    }

    private record Run(List<Decision> decisions, double over, double under) {}

    private static Run simulate(Course course, long seed, Duration restartEvery) {
        SplittableRandom random = new SplittableRandom(seed);
        ScalingRig rig = new ScalingRig(
                "{'minimum':2,'maximum':20,'targets':[{'metric':'callsPerSecond','average':100}]}", MINIMUM);
        Instant begin = rig.now;
        double over = 0;
        double under = 0;
        for (long step = 0; step < 24 * 240; step++) {
            double day = Duration.between(begin, rig.now).toMillis() / 86_400_000.0;
            double load = course.nodes(day) * (0.9 + 0.2 * random.nextDouble());
            int nodes = rig.size;
            rig.evaluate(CALLS, node -> load * PER_NODE / nodes * (0.95 + 0.1 * random.nextDouble()));
            assertThat(rig.size).isBetween(MINIMUM, MAXIMUM);
            double missing = load - rig.size;
            over += Math.max(0, -missing) * ScalingRig.EVERY.toSeconds();
            under += Math.max(0, missing) * ScalingRig.EVERY.toSeconds();
            if (!restartEvery.isZero() && step % restartEvery.dividedBy(ScalingRig.EVERY) == 0) {
                rig.restart();
            }
        }
        return new Run(rig.decisions(), over, under);
    }

    @AfterAll
    static void write() throws IOException {
        Files.createDirectories(Path.of("target"));
        Files.writeString(
                Path.of("target", "scaling-simulation.md"),
                TABLE.stream().sorted().collect(Collectors.joining("\n", HEAD, "\n")));
    }

    @ParameterizedTest
    @EnumSource
    void day_ofAnyCourse_isDecidedTheSameTwice_andKeepsItsRates(Course course) {
        Run run = simulate(course, 7, Duration.ZERO);
        TABLE.add("| %s | %d | %,.0f | %,.0f |"
                .formatted(
                        course.name().toLowerCase(java.util.Locale.ROOT),
                        run.decisions().size(),
                        run.over(),
                        run.under()));

        assertThat(simulate(course, 7, Duration.ZERO).decisions()).isEqualTo(run.decisions());
        Decision before = run.decisions().getFirst();
        for (Decision decision : run.decisions().subList(1, run.decisions().size())) {
            assertThat(decision.from()).isEqualTo(before.to());
            assertThat(decision.to()).isNotEqualTo(decision.from());
            assertThat(decision.to()).isLessThanOrEqualTo(Math.max(2 * decision.from(), decision.from() + 4));
            before = decision;
        }
    }

    @ParameterizedTest
    @EnumSource
    void day_withACoordinatorThatMoves_differsLittle(Course course) {
        Run run = simulate(course, 7, Duration.ZERO);
        Run moved = simulate(course, 7, Duration.ofMinutes(10));

        assertThat(moved.decisions().size())
                .isBetween(run.decisions().size() / 2, run.decisions().size() * 2 + 2);
        assertThat(moved.under()).isLessThanOrEqualTo(run.under() * 1.2 + 600);
    }

    @Test
    void steadyLoad_withNoise_doesNotOscillate() {
        for (long seed = 1; seed <= 20; seed++) {
            List<Decision> decisions =
                    simulate(Course.STEADY, seed, Duration.ZERO).decisions();

            assertThat(decisions.stream().filter(it -> it.at().isAfter(BEGIN.plus(Duration.ofMinutes(15)))))
                    .as("seed %d", seed)
                    .extracting(Decision::reason)
                    .isEmpty();
            assertThat(decisions.getLast().to()).as("seed %d", seed).isBetween(6, 8);
            assertThat(decisions.size()).as("seed %d", seed).isLessThanOrEqualTo(4);
        }
    }

    @Test
    void spike_isFollowedWithinAMinute_andShrinksAfterFive() {
        List<Decision> decisions = simulate(Course.SPIKE, 3, Duration.ZERO).decisions();

        Instant peak = decisions.stream()
                .filter(it -> it.to() >= 14)
                .findFirst()
                .orElseThrow()
                .at();
        Instant rise = Instant.parse("2026-11-27T00:00:00Z");
        assertThat(Duration.between(rise, peak)).isLessThanOrEqualTo(Duration.ofMinutes(1));
        assertThat(decisions.getLast().to()).isBetween(3, 4);
    }

    /** Up and down by more than half, 2,880 times in a day. */
    @Test
    void flappingMetric_doesNotFlapTheSize() {
        List<Decision> later = simulate(Course.FLAPPING, 5, Duration.ZERO).decisions().stream()
                .filter(it -> it.at().isAfter(BEGIN.plus(Duration.ofMinutes(15))))
                .toList();

        assertThat(later).extracting(Decision::reason).hasSizeLessThanOrEqualTo(10);
        assertThat(later).extracting(Decision::to).allMatch(nodes -> nodes == 9 || nodes == 10);
    }
}
