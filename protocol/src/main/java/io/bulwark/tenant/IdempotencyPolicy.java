package io.bulwark.tenant;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Ranges;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a tenant's operations are kept and waited for.
 *
 * @param retention how long a key is remembered after its operation was last touched, 1 s to 366 days
 * @param lease how long a claim holds without an answer before its outcome counts as unknown, 1 s to 1 h
 * @param waitInFlight how long a duplicate waits for the first to finish unless it says otherwise, 0 to 60 s
 */
public record IdempotencyPolicy(Duration retention, Duration lease, Duration waitInFlight) {
    /** A day of memory, half a minute of lease, two seconds of waiting. */
    public static final IdempotencyPolicy DEFAULT =
            new IdempotencyPolicy(Duration.ofDays(1), Duration.ofSeconds(30), Duration.ofSeconds(2));

    public IdempotencyPolicy {
        Ranges.check("idempotency.retention", retention, Duration.ofSeconds(1), Duration.ofDays(366));
        Ranges.check("idempotency.lease", lease, Duration.ofSeconds(1), Duration.ofHours(1));
        Ranges.check("idempotency.waitInFlight", waitInFlight, Duration.ZERO, Duration.ofSeconds(60));
    }

    @JsonCreator
    static IdempotencyPolicy of(
            @JsonProperty("retention") @Nullable Duration retention,
            @JsonProperty("lease") @Nullable Duration lease,
            @JsonProperty("waitInFlight") @Nullable Duration waitInFlight) {
        return new IdempotencyPolicy(
                retention == null ? DEFAULT.retention : retention,
                lease == null ? DEFAULT.lease : lease,
                waitInFlight == null ? DEFAULT.waitInFlight : waitInFlight);
    }
}
