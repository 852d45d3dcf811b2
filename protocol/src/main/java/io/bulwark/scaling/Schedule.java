package io.bulwark.scaling;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Name;
import io.bulwark.grammar.Ranges;
import io.bulwark.schedule.CronTimes;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of time that comes again and again, in which there are to be more nodes at least.
 *
 * @param cron when it begins, in the five fields of Unix: minute, hour, day of month, month, day of week
 * @param lasting from then on, 1 min to 7 d ({@code for} in JSON); of absolute time, so that a change of the clocks does
 *     not shorten it
 * @param zone the zone of the cron's times, such as {@code Europe/Vienna}; UTC by default
 * @param minimum how many nodes there are to be at least, 1 to {@link ScalingPolicy#NODES_MAX}; no more than the policy's
 *     maximum counts
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Schedule(
        Name name, String cron, @JsonProperty("for") Duration lasting, String zone, int minimum) {
    public Schedule {
        Ranges.check("schedules." + name + ".for", lasting, Duration.ofMinutes(1), Duration.ofDays(7));
        Ranges.check("schedules." + name + ".minimum", minimum, 1, ScalingPolicy.NODES_MAX);
        times(name, cron, zone);
    }

    @JsonCreator
    static Schedule of(
            @JsonProperty(value = "name", required = true) Name name,
            @JsonProperty(value = "cron", required = true) String cron,
            @JsonProperty(value = "for", required = true) Duration lasting,
            @JsonProperty("zone") @Nullable String zone,
            @JsonProperty(value = "minimum", required = true) int minimum) {
        return new Schedule(name, cron, lasting, zone == null ? "UTC" : zone, minimum);
    }

    /**
     * Whether this is one of its times. Where the clocks are put back, an hour that comes twice begins it twice; where they
     * are put forward, a time that they leave out begins it as much later.
     */
    boolean isActive(Instant now) {
        return times(name, cron, zone)
                .last(now)
                .filter(start -> now.isBefore(start.plus(lasting)))
                .isPresent();
    }

    private static CronTimes times(Name name, String cron, String zone) {
        return CronTimes.of("schedules." + name, cron, zone);
    }
}
