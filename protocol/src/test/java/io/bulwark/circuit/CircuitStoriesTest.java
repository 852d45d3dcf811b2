package io.bulwark.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Stories as tables: seconds, what happens, and what comes of it. The policy is {@link Policies#plain()}. {@code permit
 * 7} asks for a call named 7; {@code 7 success 3} settles it after three seconds.
 */
class CircuitStoriesTest {
    private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");

    private final CircuitPolicy policy = Policies.plain();
    private Circuit circuit = Circuit.fresh(START);

    @Test
    void failuresInARow_openIt_andProbesCloseIt() {
        play("""
                0   | permit 1    | passes
                0   | 1 failure 0 | closed
                0   | 2 failure 0 | closed
                0   | 3 failure 0 | opened until 5, trip 1: 3 calls in a row failed
                1   | permit 4    | refused, again in PT4S
                4.9 | permit 4    | refused, again in PT0.1S
                5   | look        | half-open
                5   | permit 4    | passes as a probe
                5   | permit 5    | passes as a probe
                5   | permit 6    | refused, again in PT1S
                5.2 | permit 6    | refused, again in PT0.8S
                5.3 | 4 success 0 | half-open
                5.4 | 5 success 0 | closed again
                5.4 | permit 7    | passes
                """);
    }

    @Test
    void failedProbe_opensItForTwiceAsLongUpToTheMost() {
        play("""
                0  | 1 failure 0 | closed
                0  | 2 failure 0 | closed
                0  | 3 failure 0 | opened until 5, trip 1: 3 calls in a row failed
                5  | permit 4    | passes as a probe
                6  | permit 4    | passes as a probe
                6  | 4 failure 1 | opened until 16, trip 2: a probe failed after PT1S
                16 | permit 5    | passes as a probe
                16 | 5 failure 0 | opened until 31, trip 3: a probe failed after PT0S
                31 | permit 6    | passes as a probe
                31 | 6 failure 0 | opened until 46, trip 4: a probe failed after PT0S
                46 | permit 7    | passes as a probe
                46 | permit 8    | passes as a probe
                46 | 7 success 0 | half-open
                46 | 8 success 0 | closed again
                47 | 1 failure 0 | closed
                47 | 2 failure 0 | closed
                47 | 3 failure 0 | opened until 52, trip 1: 3 calls in a row failed
                """);
    }

    @Test
    void failureRate_opensIt_onlyWithEnoughCalls() {
        play("""
                0 | 1 failure 0  | closed
                0 | 2 failure 0  | closed
                0 | 3 success 0  | closed
                1 | 4 failure 0  | closed
                1 | 5 failure 0  | closed
                1 | 6 success 0  | closed
                2 | 7 failure 0  | closed
                2 | 8 success 0  | closed
                2 | 9 ignored 0  | closed
                2 | 10 success 0 | closed
                2 | 11 success 0 | opened until 7, trip 1: 5 of 10 calls in PT10S failed: a share of 0.5 opens the circuit
                """);
    }

    @Test
    void samples_leaveWithTheirSlot() {
        play("""
                0    | 1 failure 0  | closed
                0    | 2 failure 0  | closed
                0    | 3 success 0  | closed
                1    | 4 failure 0  | closed
                1    | 5 failure 0  | closed
                1    | 6 success 0  | closed
                2    | 7 failure 0  | closed
                2    | 8 success 0  | closed
                2    | 9 success 0  | closed
                10   | 10 success 0 | closed
                10.5 | counts       | 7 calls, 3 failures, 0 slow
                12   | counts       | 1 calls, 0 failures, 0 slow
                20   | counts       | 0 calls, 0 failures, 0 slow
                """);
    }

    @Test
    void slowCalls_openIt_successfulOrNot() {
        play("""
                0 | 1 success 2   | closed
                0 | 2 failure 3   | closed
                0 | 3 success 2   | closed
                0 | 4 success 2   | closed
                0 | 5 success 1.9 | closed
                0 | 6 success 2   | closed
                0 | 7 success 2   | closed
                0 | 8 success 2   | closed
                0 | 9 success 0   | closed
                0 | 10 success 2  | opened until 5, trip 1: 8 of 10 calls in PT10S took PT2S or longer: a share of 0.8 opens the circuit
                """);
    }

    @Test
    void slowProbes_openItAgain() {
        play("""
                0 | 1 failure 0 | closed
                0 | 2 failure 0 | closed
                0 | 3 failure 0 | opened until 5, trip 1: 3 calls in a row failed
                5 | permit 4    | passes as a probe
                5 | permit 5    | passes as a probe
                5 | 4 success 2 | half-open
                5 | 5 success 2 | opened until 15, trip 2: 2 of 2 probes took PT2S or longer
                """);
    }

    @Test
    void probesThatAreIgnoredGivenBackOrLost_makeRoomForOthers() {
        play("""
                0   | 1 failure 0 | closed
                0   | 2 failure 0 | closed
                0   | 3 failure 0 | opened until 5, trip 1: 3 calls in a row failed
                5   | permit 4    | passes as a probe
                5   | permit 5    | passes as a probe
                5   | permit 6    | refused, again in PT1S
                5   | 4 ignored 0 | half-open
                5.5 | permit 6    | passes as a probe
                5.5 | permit 7    | refused, again in PT0.5S
                5.5 | 5 given back | half-open
                5.5 | permit 7    | passes as a probe
                6.5 | permit 8    | passes as a probe
                6.5 | 6 failure 0 | half-open
                6.5 | 7 success 0 | half-open
                6.5 | permit 9    | passes as a probe
                6.5 | permit 10   | refused, again in PT1S
                """);
    }

    @Test
    void callsFromBeforeTheTrip_countNeitherInOpenNorInHalfOpen() {
        play("""
                0 | permit 9    | passes
                0 | permit 10   | passes
                0 | 1 failure 0 | closed
                0 | 2 failure 0 | closed
                0 | 3 failure 0 | opened until 5, trip 1: 3 calls in a row failed
                1 | 9 success 1 | open
                5 | permit 4    | passes as a probe
                5 | 10 failure 5 | half-open
                5 | 4 success 0 | half-open
                """);
    }

    @Test
    void forcedOpen_refusesUntilSaidOtherwise() {
        play("""
                0   | forced-open  | open
                0   | permit 1     | refused, again in PT5S
                100 | permit 1     | refused, again in PT5S
                100 | 1 success 0  | open
                100 | auto         | closed
                100 | permit 1     | passes
                """);
    }

    @Test
    void disabled_passesAllAndCountsNothing() {
        play("""
                0 | disabled    | closed
                0 | permit 1    | passes
                0 | 1 failure 0 | closed
                0 | 2 failure 0 | closed
                0 | 3 failure 0 | closed
                0 | counts      | 0 calls, 0 failures, 0 slow
                """);
    }

    @Test
    void metricsOnly_countsAndNeverOpens() {
        play("""
                0 | metrics-only | closed
                0 | 1 failure 3  | closed
                0 | 2 failure 0  | closed
                0 | 3 failure 0  | closed
                0 | 4 ignored 0  | closed
                0 | counts       | 3 calls, 3 failures, 1 slow
                0 | permit 4     | passes
                0 | auto         | closed
                0 | counts       | 0 calls, 0 failures, 0 slow
                """);
    }

    @Test
    void modeSet_startsOver() {
        play("""
                0 | 1 failure 0 | closed
                0 | 2 failure 0 | closed
                0 | 3 failure 0 | opened until 5, trip 1: 3 calls in a row failed
                1 | auto        | closed
                1 | 4 failure 0 | closed
                1 | 5 failure 0 | closed
                1 | 6 failure 0 | opened until 6, trip 1: 3 calls in a row failed
                """);
    }

    @Test
    void clockThatIsSetBack_keepsItOpenForNoMoreThanTwiceItsTime() {
        play("""
                100 | 1 failure 0 | closed
                100 | 2 failure 0 | closed
                100 | 3 failure 0 | opened until 105, trip 1: 3 calls in a row failed
                95  | permit 4    | refused, again in PT10S
                94  | permit 4    | passes as a probe
                """);
    }

    private void play(String story) {
        String told = story.lines().map(this::tell).collect(Collectors.joining("\n", "", "\n"));
        assertThat(told).isEqualTo(story);
    }

    private String tell(String line) {
        String[] cells = line.split(" *\\| *", 3);
        String before = line.substring(0, line.lastIndexOf(cells[2]));
        return before + outcome(cells[1], seconds(cells[0]));
    }

    private String outcome(String what, Duration sinceStart) {
        Instant now = START.plus(sinceStart);
        String[] words = what.split(" ", -1);
        return switch (words[0]) {
            case "permit" -> permit(Long.parseLong(words[1]), now);
            case "look" -> stateAt(now);
            case "counts" -> counts(now);
            case "auto", "forced-open", "disabled", "metrics-only" -> mode(words[0], now);
            default -> words[1].equals("given") ? giveBack(words, now) : settle(words, now);
        };
    }

    private String permit(long permit, Instant now) {
        return switch (circuit.permit(policy, permit, now)) {
            case CircuitPermission.Permitted(Circuit next, boolean probe) -> {
                circuit = next;
                yield probe ? "passes as a probe" : "passes";
            }
            case CircuitPermission.Refused(Duration retryAfter) -> "refused, again in " + retryAfter;
        };
    }

    private String settle(String[] words, Instant now) {
        Outcome outcome = Outcome.valueOf(words[1].toUpperCase(Locale.ROOT));
        Step<CircuitEvent, Circuit> step =
                circuit.settle(policy, Long.parseLong(words[0]), outcome, seconds(words[2]), now);
        return become(step.verdict(), step.events(), now);
    }

    private String giveBack(String[] words, Instant now) {
        return become(circuit.giveBack(Long.parseLong(words[0])), List.of(), now);
    }

    private String mode(String mode, Instant now) {
        CircuitMode set = CircuitMode.valueOf(mode.toUpperCase(Locale.ROOT).replace('-', '_'));
        circuit = circuit.apply(new CircuitEvent.ModeSet(now, set, "a story"));
        assertThat(circuit.mode()).isEqualTo(set);
        assertThat(circuit.why()).isEqualTo("a story");
        return stateAt(now);
    }

    private String become(Circuit next, List<CircuitEvent> events, Instant now) {
        circuit = next;
        events.forEach(event -> circuit = circuit.apply(event));
        return events.isEmpty() ? stateAt(now) : told(events.getFirst());
    }

    private static String told(CircuitEvent event) {
        return switch (event) {
            case CircuitEvent.Opened(Instant at, Instant until, int trips, String why) ->
                "opened until " + Duration.between(START, until).toSeconds() + ", trip " + trips + ": " + why;
            case CircuitEvent.Closed closed -> "closed again";
            case CircuitEvent.ModeSet set -> "mode " + set.mode();
        };
    }

    private String counts(Instant now) {
        Circuit.Counts counts = circuit.counts(policy, now);
        return counts.calls() + " calls, " + counts.failures() + " failures, " + counts.slow() + " slow";
    }

    private String stateAt(Instant now) {
        return circuit.state(now).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Duration seconds(String number) {
        return Duration.ofMillis(Math.round(Double.parseDouble(number) * 1_000));
    }
}
