package io.bulwark.ratelimit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Name;
import io.bulwark.grammar.Ranges;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One limit of a tenant.
 *
 * @param name unique within the tenant
 * @param algorithm how it is kept
 * @param capacity how much may be spent at once, 1 to {@value #CAPACITY_MAX}
 * @param refill how much comes back in each {@code per}, 1 to {@value #CAPACITY_MAX}; the bucket algorithms use it
 * @param per the time that {@code refill} takes, or the window's length; 1 ms to 366 days; concurrency ignores it
 * @param durability what the loss of the guard costs; concurrency is always {@code soft}, because what was in flight
 *     at the owner's death is not known to its successor
 * @param mode whether it refuses
 */
public record LimitPolicy(
        Name name, Algorithm algorithm, long capacity, long refill, Duration per, Durability durability, Mode mode) {
    /** The most that one limit admits at once. */
    public static final long CAPACITY_MAX = 1_000_000_000_000L;

    public LimitPolicy {
        Ranges.check("limits." + name + ".capacity", capacity, 1, CAPACITY_MAX);
        Ranges.check("limits." + name + ".refill", refill, 1, CAPACITY_MAX);
        Ranges.check("limits." + name + ".per", per, Duration.ofMillis(1), Duration.ofDays(366));
        if (algorithm == Algorithm.CONCURRENCY && durability == Durability.STRICT) {
            throw new IllegalArgumentException("limits." + name
                    + ".durability is 'strict': expected 'soft', because calls in flight do not outlive their owner");
        }
    }

    /** Whether a level of the other policy's limiter means the same to this one's; if not, the limit starts fresh. */
    public boolean countsLike(LimitPolicy other) {
        return algorithm == other.algorithm
                && capacity == other.capacity
                && refill == other.refill
                && per.equals(other.per);
    }

    @JsonCreator
    static LimitPolicy of(
            @JsonProperty(value = "name", required = true) Name name,
            @JsonProperty("algorithm") @Nullable Algorithm algorithm,
            @JsonProperty(value = "capacity", required = true) long capacity,
            @JsonProperty("refill") @Nullable Long refill,
            @JsonProperty("per") @Nullable Duration per,
            @JsonProperty("durability") @Nullable Durability durability,
            @JsonProperty("mode") @Nullable Mode mode) {
        return new LimitPolicy(
                name,
                algorithm == null ? Algorithm.TOKEN_BUCKET : algorithm,
                capacity,
                refill == null ? capacity : refill,
                per == null ? Duration.ofSeconds(1) : per,
                durability == null ? Durability.SOFT : durability,
                mode == null ? Mode.ENFORCE : mode);
    }
}
