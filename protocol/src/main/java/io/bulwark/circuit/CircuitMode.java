package io.bulwark.circuit;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who decides whether a circuit is open. */
public enum CircuitMode {
    /** The circuit's own rule. */
    @JsonProperty("auto")
    AUTO,
    /** An operator: refused until said otherwise. */
    @JsonProperty("forced-open")
    FORCED_OPEN,
    /** Nobody: everything is let through and nothing is counted. */
    @JsonProperty("disabled")
    DISABLED,
    /** Nobody: everything is let through and counted. */
    @JsonProperty("metrics-only")
    METRICS_ONLY
}
