package io.bulwark.circuit;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;

/** What is journalled of a circuit: its changes of state, not its samples. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = CircuitEvent.Opened.class, name = "opened"),
    @JsonSubTypes.Type(value = CircuitEvent.Closed.class, name = "closed"),
    @JsonSubTypes.Type(value = CircuitEvent.ModeSet.class, name = "mode-set")
})
public sealed interface CircuitEvent {
    /**
     * The circuit refuses calls.
     *
     * @param until from this instant it is half-open and lets probes through
     * @param trips how many times in a row it has opened without closing, from 1
     * @param why a sentence for the operator, with the numbers
     */
    record Opened(Instant at, Instant until, int trips, String why) implements CircuitEvent {}

    /** Enough probes succeeded. */
    record Closed(Instant at) implements CircuitEvent {}

    /** An operator set the mode; samples and position start over. */
    record ModeSet(Instant at, CircuitMode mode, String reason) implements CircuitEvent {}
}
