package io.bulwark.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A circuit that lets go of samples which have left the window decides as one that keeps them. */
class ForgettingTest {
    private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");
    private static final int STEPS = 3_000;
    private static final List<Outcome> OUTCOMES = List.of(Outcome.values());

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void circuit_thatForgetsAtAnyTime_decidesAsOneThatDoesNot(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        CircuitPolicy policy = Policies.random(random);
        Circuit keeps = Circuit.fresh(START);
        Circuit forgets = Circuit.fresh(START);
        Instant now = START;
        for (int permit = 0; permit < STEPS; permit++) {
            now = now.plusMillis(random.nextInt(8) == 0 ? random.nextInt(20_000) : random.nextInt(50));
            if (random.nextBoolean()) {
                forgets = forgets.withoutWhatIsOver(policy, now);
            }
            assertThat(forgets.counts(policy, now)).isEqualTo(keeps.counts(policy, now));
            CircuitPermission asked = keeps.permit(policy, permit, now);
            CircuitPermission answered = forgets.permit(policy, permit, now);
            assertThat(answered.getClass()).isEqualTo(asked.getClass());
            if (asked instanceof CircuitPermission.Permitted(Circuit one, boolean probe)
                    && answered instanceof CircuitPermission.Permitted(Circuit other, boolean alsoProbe)) {
                assertThat(alsoProbe).isEqualTo(probe);
                Outcome outcome = OUTCOMES.get(random.nextInt(OUTCOMES.size()));
                Duration took = Duration.ofMillis(random.nextInt(400));
                keeps = settled(one, policy, permit, outcome, took, now);
                forgets = settled(other, policy, permit, outcome, took, now);
            }
            assertThat(forgets.hard()).isEqualTo(keeps.hard());
            assertThat(forgets.consecutiveFailures()).isEqualTo(keeps.consecutiveFailures());
        }
    }

    @Test
    void samples_onceTheWindowIsOver_areLetGoAndFailuresInARowAreNot() {
        CircuitPolicy policy = Policies.plain();
        Circuit circuit = settled(Circuit.fresh(START), policy, 1, Outcome.FAILURE, Duration.ZERO, START);

        Circuit within = circuit.withoutWhatIsOver(policy, START.plusSeconds(8));
        Circuit over = circuit.withoutWhatIsOver(policy, START.plusSeconds(11));

        assertThat(within).isEqualTo(circuit);
        assertThat(over.soft().samples()).isEqualTo(Samples.EMPTY);
        assertThat(over.consecutiveFailures()).isEqualTo(1);
    }

    private static Circuit settled(
            Circuit circuit, CircuitPolicy policy, long permit, Outcome outcome, Duration took, Instant now) {
        Step<CircuitEvent, Circuit> step = circuit.settle(policy, permit, outcome, took, now);
        Circuit after = step.verdict();
        for (CircuitEvent event : step.events()) {
            after = after.apply(event);
        }
        return after;
    }
}
