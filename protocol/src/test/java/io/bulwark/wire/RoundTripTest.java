package io.bulwark.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.circuit.Circuit;
import io.bulwark.circuit.CircuitEvent;
import io.bulwark.circuit.CircuitMode;
import io.bulwark.ratelimit.Level;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RoundTripTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00.123456789Z");

    static List<Level> levels() {
        return List.of(
                new Level.Bucket(-5, Long.MAX_VALUE),
                new Level.Window(List.of()),
                new Level.Window(List.of(new Level.Slot(1, 2), new Level.Slot(3, 4))),
                new Level.Leases(List.of(new Level.Lease(1, 2, 3), new Level.Lease(4, 5, 6))));
    }

    static List<CircuitEvent> circuitEvents() {
        return List.of(
                new CircuitEvent.Opened(NOW, NOW.plusSeconds(5), 2, "3 calls in a row failed"),
                new CircuitEvent.Closed(NOW),
                new CircuitEvent.ModeSet(NOW, CircuitMode.METRICS_ONLY, "looking"));
    }

    static List<Precondition> preconditions() {
        return List.of(
                new Precondition.None(),
                new Precondition.Absent(),
                new Precondition.Present(),
                new Precondition.Version(7));
    }

    @ParameterizedTest
    @MethodSource("levels")
    void level_throughCbor_isTheSame(Level level) {
        assertThat(Json.throughCbor(level, Level.class)).isEqualTo(level);
    }

    @Test
    void leases_areWrittenWithoutTheirTotal_andReadWithIt() {
        Level.Leases leases = new Level.Leases(List.of(new Level.Lease(1, 2, 3), new Level.Lease(4, 5, 6)));
        assertThat(leases.total()).isEqualTo(7);
        assertThat(Json.write(leases))
                .isEqualTo(
                        "{'type':'leases','held':[{'id':1,'cost':2,'untilMillis':3},{'id':4,'cost':5,'untilMillis':6}]}"
                                .replace('\'', '"'));
    }

    @ParameterizedTest
    @MethodSource("circuitEvents")
    void circuitEvent_throughCbor_isTheSame(CircuitEvent event) {
        assertThat(Json.throughCbor(event, CircuitEvent.class)).isEqualTo(event);
    }

    @ParameterizedTest
    @MethodSource("preconditions")
    void precondition_throughCbor_isTheSame(Precondition precondition) {
        assertThat(Json.throughCbor(precondition, Precondition.class)).isEqualTo(precondition);
    }

    @Test
    void hardPartOfACircuit_throughCbor_restoresIt() {
        Circuit open = Circuit.fresh(NOW).apply(new CircuitEvent.Opened(NOW, NOW.plusSeconds(5), 3, "why"));
        assertThat(Circuit.restored(Json.throughCbor(open.hard(), Circuit.Hard.class)))
                .isEqualTo(open);
        Circuit fresh = Circuit.fresh(NOW);
        assertThat(Circuit.restored(Json.throughCbor(fresh.hard(), Circuit.Hard.class)))
                .isEqualTo(fresh);
    }

    @Test
    void precondition_holds_asHttpSays() {
        assertThat(new Precondition.None().holds(false, 0)).isTrue();
        assertThat(new Precondition.Absent().holds(false, 0)).isTrue();
        assertThat(new Precondition.Absent().holds(true, 1)).isFalse();
        assertThat(new Precondition.Present().holds(true, 1)).isTrue();
        assertThat(new Precondition.Present().holds(false, 1)).isFalse();
        assertThat(new Precondition.Version(2).holds(true, 2)).isTrue();
        assertThat(new Precondition.Version(2).holds(true, 3)).isFalse();
        assertThat(new Precondition.Version(2).holds(false, 2)).isFalse();
    }
}
