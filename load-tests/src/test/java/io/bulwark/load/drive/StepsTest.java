package io.bulwark.load.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.load.drive.Steps.Step;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepsTest {
    private static final Steps UP_AND_DOWN = new Steps(List.of(step(10, 1_000), step(100, 2_500), step(5, 1_000)));

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 100", "9, 900", "10, 1000", "11, 1010", "259, 3490", "260, 3500", "261, 3700", "270, 5500"})
    void dueNanos_numberOfACall_isWhereItsStepPutsIt(long number, long millis) {
        assertThat(UP_AND_DOWN.dueNanos(number))
                .isEqualTo(Duration.ofMillis(millis).toNanos());
    }

    @ParameterizedTest
    @CsvSource({"0, 10", "999, 10", "1000, 100", "3499, 100", "3500, 5", "100000, 5"})
    void perSecondAt_time_isThatOfItsStep(long millis, int expected) {
        assertThat(UP_AND_DOWN.perSecondAt(Duration.ofMillis(millis))).isEqualTo(expected);
    }

    /** The last call of such a step is due in it, and the next step begins on time. */
    @Test
    void dueNanos_stepThatIsNoWholeNumberOfCalls_neverGoesBack() {
        Steps steps = new Steps(List.of(step(3, 1_100), step(7, 333), step(2, 1)));

        for (long number = 1; number < 50; number++) {
            assertThat(steps.dueNanos(number)).isGreaterThan(steps.dueNanos(number - 1));
        }
        assertThat(steps.dueNanos(4)).isEqualTo(1_100_000_000L);
    }

    @Test
    void beginOf_eachStep_isAfterThoseBefore() {
        assertThat(UP_AND_DOWN.beginOf(0)).isZero();
        assertThat(UP_AND_DOWN.beginOf(2)).isEqualTo(Duration.ofMillis(3_500));
    }

    @Test
    void create_withoutStepsOrTime_isRefused() {
        assertThatThrownBy(() -> new Steps(List.of())).hasMessageContaining("expected 1 or more");
        assertThatThrownBy(() -> step(1, 0)).hasMessageContaining("lasting PT0S");
    }

    private static Step step(int perSecond, long millis) {
        return new Step(perSecond, Duration.ofMillis(millis));
    }
}
