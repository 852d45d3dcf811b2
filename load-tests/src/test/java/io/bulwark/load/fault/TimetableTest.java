package io.bulwark.load.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.load.fault.Fault.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TimetableTest {
    private static final List<Kind> ALL = List.of(Kind.KILL, Kind.PAUSE, Kind.PARTITION);
    private static final Duration DISTANCE = Duration.ofSeconds(30);

    @Test
    void of_fiveMinutes_hasEachKindInTurnAtEvenDistances() {
        FaultPlan plan = Timetable.of(7, 3, Duration.ofMinutes(5), DISTANCE, ALL);

        assertThat(plan.faults()).hasSize(9);
        assertThat(plan.faults()).extracting(Fault::at).startsWith(Duration.ofSeconds(10), Duration.ofSeconds(40));
        assertThat(plan.faults())
                .extracting(Object::getClass)
                .map(Class::getSimpleName)
                .startsWith("Kill", "Pause", "Partition", "Kill");
        assertThat(plan).isEqualTo(Timetable.of(7, 3, Duration.ofMinutes(5), DISTANCE, ALL));
        assertThat(plan).isNotEqualTo(Timetable.of(8, 3, Duration.ofMinutes(5), DISTANCE, ALL));
    }

    @Test
    void of_tooShortATime_saysHowMuchItTakes() {
        assertThatThrownBy(() -> Timetable.of(7, 3, Duration.ofSeconds(39), DISTANCE, ALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT39S")
                .hasMessageContaining("PT40S");
    }

    @Test
    void words_countNodesFromOne() {
        assertThat(Timetable.words(new Fault.Kill(0, Duration.ZERO, Duration.ofMillis(3_250))))
                .isEqualTo("kill node 1, start it after 3.2 s");
        assertThat(Timetable.words(new Fault.Partition(Set.of(2), Duration.ZERO, Duration.ofSeconds(4))))
                .isEqualTo("cut off node 3 for 4.0 s");
    }
}
