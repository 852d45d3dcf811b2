package io.bulwark.circuit;

import java.time.Duration;

/** What a circuit said to one call. */
public sealed interface CircuitPermission {
    /**
     * The call may be made.
     *
     * @param next the circuit afterwards
     * @param probe whether the outcome decides over half-open; it is then leased for {@code probeLease}
     */
    record Permitted(Circuit next, boolean probe) implements CircuitPermission {}

    /** The call must not be made; after this time another may be let through. Always above zero. */
    record Refused(Duration retryAfter) implements CircuitPermission {}
}
