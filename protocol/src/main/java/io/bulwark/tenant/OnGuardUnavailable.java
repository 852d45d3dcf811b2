package io.bulwark.tenant;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What happens to limits and circuits while the tenant's guard cannot be asked. Exactly-once holds either way. */
public enum OnGuardUnavailable {
    /** Calls go on within the receiving node's share. */
    @JsonProperty("admit")
    ADMIT,
    /** Calls are refused with 503 until the guard is back. */
    @JsonProperty("refuse")
    REFUSE
}
