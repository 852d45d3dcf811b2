package io.bulwark.ratelimit;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a limit is kept. What each promises is documented at its class. */
public enum Algorithm {
    /** Bursts up to {@code capacity}, refilled evenly: the generic cell rate algorithm (ITU-T I.371). */
    @JsonProperty("token-bucket")
    TOKEN_BUCKET,
    /** Calls leave evenly, one every {@code per / refill}; up to {@code capacity} of them may be waiting their turn. */
    @JsonProperty("leaky-bucket")
    LEAKY_BUCKET,
    /** At most {@code capacity} in any window of length {@code per}. */
    @JsonProperty("sliding-window")
    SLIDING_WINDOW,
    /** At most {@code capacity} in each window of length {@code per}, windows aligned to the Unix epoch. */
    @JsonProperty("fixed-window")
    FIXED_WINDOW,
    /** At most {@code capacity} at the same time. */
    @JsonProperty("concurrency")
    CONCURRENCY
}
