package io.bulwark.circuit;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where a circuit stands, as callers and operators see it. */
public enum CircuitState {
    /** Calls pass and are counted. */
    @JsonProperty("closed")
    CLOSED,
    /** Calls are refused. */
    @JsonProperty("open")
    OPEN,
    /** A few leased probes pass; the rest are refused. */
    @JsonProperty("half-open")
    HALF_OPEN
}
