package io.bulwark.tenant;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a tenant's calls are let through at all. */
public enum TenantStatus {
    /** Calls are decided by limits and circuits. */
    @JsonProperty("active")
    ACTIVE,
    /** Refused until an operator says otherwise: the tenant misbehaves, or is being restored. */
    @JsonProperty("quarantined")
    QUARANTINED,
    /** Refused for planned work. */
    @JsonProperty("maintenance")
    MAINTENANCE
}
