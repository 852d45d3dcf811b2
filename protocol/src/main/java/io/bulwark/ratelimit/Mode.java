package io.bulwark.ratelimit;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a limit refuses, or only says what it would have done. */
public enum Mode {
    /** What the limit refuses is refused. */
    @JsonProperty("enforce")
    ENFORCE,
    /** Counted and reported, never refused: for trying a limit out. */
    @JsonProperty("shadow")
    SHADOW
}
