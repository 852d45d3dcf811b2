package io.bulwark.ratelimit;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the loss of the guard costs a limit. */
public enum Durability {
    /** Kept in memory: after a loss the limit starts fresh, at most one extra burst. */
    @JsonProperty("soft")
    SOFT,
    /**
     * Charged to the journal in blocks ahead of use: never over-admits, may under-admit by one block. While the guard
     * cannot be asked, what the limit applies to is refused, unless the limit only watches ({@link Mode#SHADOW}).
     */
    @JsonProperty("strict")
    STRICT
}
