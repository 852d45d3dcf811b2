package io.bulwark.guard;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bulwark.grammar.Name;
import io.bulwark.tenant.IdempotencyPolicy;
import io.bulwark.tenant.TenantStatus;
import io.bulwark.wire.CborMessage;
import io.bulwark.wire.LocalOnly;
import java.time.Duration;
import java.util.List;

/** What the guard says to a call. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Admission.Admitted.class, name = "admitted"),
    @JsonSubTypes.Type(value = Admission.Limited.class, name = "limited"),
    @JsonSubTypes.Type(value = Admission.CircuitOpen.class, name = "circuit-open"),
    @JsonSubTypes.Type(value = Admission.FirstFinished.class, name = "first-finished"),
    @JsonSubTypes.Type(value = Admission.StillInFlight.class, name = "still-in-flight"),
    @JsonSubTypes.Type(value = Admission.KeyReused.class, name = "key-reused"),
    @JsonSubTypes.Type(value = Admission.Suspended.class, name = "suspended"),
    @JsonSubTypes.Type(value = Admission.Overloaded.class, name = "overloaded"),
    @JsonSubTypes.Type(value = Admission.UnknownTenant.class, name = "unknown-tenant")
})
public sealed interface Admission extends CborMessage {
    /**
     * The call may be made, and its end is to be told with {@link GuardCommand.Settle}.
     *
     * @param delay how long the call waits for its turn first; not zero only under a leaky bucket
     * @param idempotency of the tenant's policy
     * @param legacyHeaders of the tenant's policy
     */
    record Admitted(
            String permit,
            List<LimitReport> limits,
            Duration delay,
            IdempotencyPolicy idempotency,
            boolean legacyHeaders)
            implements Admission {}

    /** Some limits do not allow it; nothing was spent of any. */
    record Limited(List<LimitReport> limits, List<Name> violated, Duration retryAfter, boolean legacyHeaders)
            implements Admission {}

    /** The circuit to the service does not allow it; nothing was spent of any limit. */
    record CircuitOpen(List<LimitReport> limits, Duration retryAfter) implements Admission {}

    /** The call in flight with the same key has been settled; the ledger knows how. */
    record FirstFinished(List<LimitReport> limits) implements Admission {}

    /** The call in flight with the same key is not settled after the wait. */
    record StillInFlight(List<LimitReport> limits, Duration retryAfter) implements Admission {}

    /** The call in flight with the same key has another fingerprint. */
    record KeyReused() implements Admission {}

    /** The tenant is quarantined or in maintenance. */
    record Suspended(TenantStatus status) implements Admission {}

    /** The guard has as much in flight for this tenant as it may. */
    record Overloaded(Duration retryAfter) implements Admission {}

    /** No policy was ever put for this tenant. */
    record UnknownTenant() implements Admission {}

    /**
     * The guard did not answer; this node did in its place, within its share of the limits.
     *
     * @param answer what a guard would have said; no {@code StoodIn} itself
     */
    record StoodIn(Admission answer) implements Admission, LocalOnly {
        public StoodIn {
            if (answer instanceof StoodIn) {
                throw new IllegalArgumentException("The answer was stood in for before: " + answer);
            }
        }
    }
}
