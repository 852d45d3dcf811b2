package io.bulwark.load.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.history.Arrival.Done;
import io.bulwark.load.history.Ending.Answered;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CircuitsTest {
    private static final long MILLI = 1_000_000L;
    private static final int PROBES = 2;
    private static final Duration OPEN_FOR = Duration.ofSeconds(1);

    private final History history = new History();
    private int number;

    @Test
    void beyondProbes_callsInFlightAtTheTripAndProbesAfterwards_isNothing() {
        through(0, 100);
        through(40, 140);
        refused(50);
        through(1_100, 1_110);
        through(1_101, 1_111);
        through(2_200, 2_210);

        assertThat(violations()).isEmpty();
    }

    @Test
    void beyondProbes_oneMoreThanTheProbes_isFound() {
        through(0, 10);
        refused(50);
        through(1_100, 1_110);
        through(1_101, 1_111);
        through(1_102, 1_112);

        assertThat(violations())
                .singleElement()
                .asString()
                .startsWith("3 calls reached the service within 500 ms through the open circuit of the guard");
    }

    @Test
    void beyondProbes_circuitThatNeverTripped_promisesNothing() {
        IntStream.range(0, 10).forEach(i -> through(i, i + 1));

        assertThat(violations()).isEmpty();
    }

    @Test
    void beyondProbes_nodeThatStandsIn_mayTripAgainAndThenLetsOnlyProbesThrough() {
        refused(0);
        standsIn(100, 200, false);
        standsIn(101, 201, false);
        standsIn(102, 202, false);
        standsIn(300, 301, true);
        standsIn(400, 410, false);

        assertThat(violations()).isEmpty();
    }

    @Test
    void beyondProbes_nodeThatStandsInAndLetsMoreThanTheProbesThrough_isFound() {
        standsIn(300, 301, true);
        IntStream.range(0, 3).forEach(i -> standsIn(400 + i, 410 + i, false));

        assertThat(violations()).singleElement().asString().contains("a node that stood in");
    }

    @Test
    void beyondProbes_callsOfOthers_doNotCount() {
        refused(0);
        Set<String> none = Set.of("k0");
        IntStream.range(0, 10).forEach(i -> through(100 + i, 101 + i));

        assertThat(Circuits.beyondProbes(history, none, PROBES, OPEN_FOR)).isEmpty();
    }

    private List<String> violations() {
        Set<String> keys = IntStream.range(0, number).mapToObj(i -> "k" + i).collect(Collectors.toSet());
        return Circuits.beyondProbes(history, keys, PROBES, OPEN_FOR);
    }

    private void through(long startMillis, long arrivalMillis) {
        String key = "k" + number++;
        history.add(new Arrival(number, key, arrivalMillis * MILLI, Done.ANSWERED, "failed"));
        Answered failed = new Answered(500, Optional.empty(), false, false, "failed");
        history.add(new Call(key, 0, "", startMillis * MILLI, (arrivalMillis + 1) * MILLI, failed));
    }

    private void standsIn(long startMillis, long endMillis, boolean open) {
        String key = "k" + number++;
        Optional<String> problem = open ? Optional.of("circuit-open") : Optional.empty();
        if (!open) {
            history.add(new Arrival(number, key, endMillis * MILLI, Done.ANSWERED, "failed"));
        }
        Answered answer = new Answered(open ? 503 : 500, problem, false, true, "failed");
        history.add(new Call(key, 0, "node-2", startMillis * MILLI, endMillis * MILLI, answer));
    }

    private void refused(long millis) {
        Answered open = new Answered(503, Optional.of("circuit-open"), false, false, "{}");
        history.add(new Call("k" + number++, 0, "", millis * MILLI, (millis + 1) * MILLI, open));
    }
}
