package io.bulwark.load.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.history.Ending.Answered;
import io.bulwark.load.history.Ending.Lost;
import io.bulwark.load.history.Ending.Meaning;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AvailabilityTest {
    private static final long MILLI = 1_000_000L;
    private static final History.Fault FAULT = new History.Fault("kill", 1_000 * MILLI, 5_000 * MILLI);

    private final History history = new History();

    @Test
    void of_aFault_looksAtTheTenantThatSufferedMost() {
        call("lucky", 900, 1_100, answer(false));
        call("lucky", 1_200, 1_300, answer(false));
        call("lucky", 3_000, 3_100, answer(false));
        call("lucky", 4_900, 5_100, answer(false));
        call("unlucky", 900, 1_900, new Lost("reset"));
        call("unlucky", 2_000, 2_500, answer(true));
        call("unlucky", 3_900, 4_000, answer(true));
        call("unlucky", 4_800, 4_900, answer(false));

        Availability seen = Availability.of(history, FAULT, Call::key);

        assertThat(seen.calls()).isEqualTo(8);
        assertThat(seen.failed()).isEqualTo(Map.of(Meaning.LOST, 1L));
        assertThat(seen.longestGap()).isEqualTo(Duration.ofSeconds(2));
        assertThat(seen.firstCorrect()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(seen.guardedAgain()).isEqualTo(Duration.ofSeconds(3));
        assertThat(seen.whole()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void of_aTenantThatGotNothing_countsTheWholeFault() {
        call("silent", 1_100, 1_200, new Lost("reset"));

        Availability seen = Availability.of(history, FAULT, Call::key);

        assertThat(seen.firstCorrect()).isEqualTo(Duration.ofSeconds(4));
        assertThat(seen.longestGap()).isEqualTo(Duration.ofSeconds(4));
        assertThat(seen.guardedAgain()).isZero();
    }

    @Test
    void of_callsOutsideTheFault_areNotCounted() {
        call("early", 0, 900, new Lost("reset"));
        call("late", 5_001, 6_000, new Lost("reset"));

        assertThat(Availability.of(history, FAULT, Call::key).calls()).isZero();
    }

    @Test
    void of_aCallThatBeganBefore_isNotTheFirstCorrectOne() {
        call("tenant", 990, 1_001, answer(false));
        call("tenant", 1_400, 1_700, answer(false));

        assertThat(Availability.of(history, FAULT, Call::key).firstCorrect()).isEqualTo(Duration.ofMillis(700));
    }

    private void call(String tenant, long startMillis, long endMillis, Ending ending) {
        history.add(new Call(tenant, 0, "node-1", startMillis * MILLI, endMillis * MILLI, ending));
    }

    private static Answered answer(boolean degraded) {
        return new Answered(201, Optional.empty(), false, degraded, "paid");
    }
}
