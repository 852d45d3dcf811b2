package io.bulwark.tenant;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What happens to limits and circuits while the tenant's guard cannot be asked. Exactly-once holds either way, by the
 * ledger. Whatever this says, what a limit of durability {@code strict} applies to is refused meanwhile, because no
 * node alone can keep its promise never to admit too much.
 */
public enum OnGuardUnavailable {
    /** Calls go on within the receiving node's share of the soft limits, with circuits of its own. */
    @JsonProperty("admit")
    ADMIT,
    /** Calls are refused with 503 until the guard is back. */
    @JsonProperty("refuse")
    REFUSE
}
