package io.bulwark.circuit;

import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;

/** One circuit. */
@SuppressWarnings("DoNotCallSuggester")
public record Circuit(CircuitMode mode) {
    public static Circuit fresh(Instant now) {
        throw new UnsupportedOperationException("" + now);
    }

    public CircuitPermission permit(CircuitPolicy policy, long permit, Instant now) {
        throw new UnsupportedOperationException("" + policy + permit + now);
    }

    public Step<CircuitEvent, Circuit> settle(
            CircuitPolicy policy, long permit, Outcome outcome, Duration took, Instant now) {
        throw new UnsupportedOperationException("" + policy + permit + outcome + took + now);
    }

    public Circuit giveBack(long permit) {
        throw new UnsupportedOperationException("" + permit);
    }

    public Circuit apply(CircuitEvent event) {
        throw new UnsupportedOperationException("" + event);
    }

    public CircuitState state(Instant now) {
        throw new UnsupportedOperationException("" + now);
    }
}
