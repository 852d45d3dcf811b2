package io.bulwark.backup;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Ranges;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What may be lost, and how long a restore may take, before there is an alarm.
 *
 * @param recoveryPoint RPO: how much of the latest time may be missing from the repository, 1 s to 365 d
 * @param recoveryTime RTO: how long it may take until a restored server serves, as the last drill measured it, 1 s to 30 d
 * @param drillEvery how old the last successful drill may be, 1 h to 365 d
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Objectives(Duration recoveryPoint, Duration recoveryTime, Duration drillEvery) {
    /** Five minutes, an hour, eight days. */
    public static final Objectives DEFAULT =
            new Objectives(Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofDays(8));

    /** @throws IllegalArgumentException when a member is out of its range; the message names it */
    public Objectives {
        Ranges.check("objectives.recoveryPoint", recoveryPoint, Duration.ofSeconds(1), Duration.ofDays(365));
        Ranges.check("objectives.recoveryTime", recoveryTime, Duration.ofSeconds(1), Duration.ofDays(30));
        Ranges.check("objectives.drillEvery", drillEvery, Duration.ofHours(1), Duration.ofDays(365));
    }

    @JsonCreator
    static Objectives of(
            @JsonProperty("recoveryPoint") @Nullable Duration recoveryPoint,
            @JsonProperty("recoveryTime") @Nullable Duration recoveryTime,
            @JsonProperty("drillEvery") @Nullable Duration drillEvery) {
        return new Objectives(
                recoveryPoint == null ? DEFAULT.recoveryPoint : recoveryPoint,
                recoveryTime == null ? DEFAULT.recoveryTime : recoveryTime,
                drillEvery == null ? DEFAULT.drillEvery : drillEvery);
    }
}
