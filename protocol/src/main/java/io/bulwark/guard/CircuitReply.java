package io.bulwark.guard;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bulwark.circuit.CircuitMode;
import io.bulwark.circuit.CircuitState;
import io.bulwark.grammar.Name;
import io.bulwark.tenant.TenantStatus;
import io.bulwark.wire.CborMessage;
import io.bulwark.wire.LocalOnly;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the guard says to who asks about circuits. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = CircuitReply.Permitted.class, name = "permitted"),
    @JsonSubTypes.Type(value = CircuitReply.Open.class, name = "open"),
    @JsonSubTypes.Type(value = CircuitReply.Done.class, name = "done"),
    @JsonSubTypes.Type(value = CircuitReply.UnknownPermit.class, name = "unknown-permit"),
    @JsonSubTypes.Type(value = CircuitReply.Shown.class, name = "shown"),
    @JsonSubTypes.Type(value = CircuitReply.Suspended.class, name = "suspended"),
    @JsonSubTypes.Type(value = CircuitReply.Overloaded.class, name = "overloaded"),
    @JsonSubTypes.Type(value = CircuitReply.UnknownTenant.class, name = "unknown-tenant")
})
public sealed interface CircuitReply extends CborMessage {
    /** The call may be made and is to be reported under this permit. */
    record Permitted(String permit, CircuitState state) implements CircuitReply {}

    /** The call must not be made. */
    record Open(Duration retryAfter) implements CircuitReply {}

    /** Taken note of. */
    record Done() implements CircuitReply {}

    /** The permit was reported before, is lost, or never was. */
    record UnknownPermit() implements CircuitReply {}

    /** The tenant's circuits, by service. */
    record Shown(List<View> circuits) implements CircuitReply {}

    /**
     * One circuit.
     *
     * @param since when it came into this state
     * @param retryAfter when open: until it is half-open
     * @param calls in the window
     * @param failures in the window
     * @param slow in the window
     * @param why of the latest trip or mode, empty if there is none
     */
    record View(
            Name service,
            CircuitMode mode,
            CircuitState state,
            Instant since,
            Optional<Duration> retryAfter,
            long calls,
            long failures,
            long slow,
            int consecutiveFailures,
            int trips,
            String why) {}

    /** The tenant is quarantined or in maintenance. */
    record Suspended(TenantStatus status) implements CircuitReply {}

    /** The guard has as many permits out, or circuits, as it may. */
    record Overloaded(Duration retryAfter) implements CircuitReply {}

    /** No policy was ever put for this tenant. */
    record UnknownTenant() implements CircuitReply {}

    /**
     * The guard did not answer; this node did in its place, within its share of the limits.
     *
     * @param answer what a guard would have said; no {@code StoodIn} itself
     */
    record StoodIn(CircuitReply answer) implements CircuitReply, LocalOnly {
        public StoodIn {
            if (answer instanceof StoodIn) {
                throw new IllegalArgumentException("The answer was stood in for before: " + answer);
            }
        }
    }
}
