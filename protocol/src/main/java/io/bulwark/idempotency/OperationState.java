package io.bulwark.idempotency;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where an operation stands. */
public enum OperationState {
    /** Somebody has the right to execute it. */
    @JsonProperty("claimed")
    CLAIMED,
    /** Executed, and its answer recorded. */
    @JsonProperty("completed")
    COMPLETED,
    /** Given back; the next claim executes it. */
    @JsonProperty("released")
    RELEASED,
    /** Possibly executed; its answer is not known. */
    @JsonProperty("unknown")
    UNKNOWN
}
