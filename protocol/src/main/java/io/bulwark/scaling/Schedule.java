package io.bulwark.scaling;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Name;
import io.bulwark.grammar.Ranges;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;
import java.util.stream.Stream;
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
    private static final int CRON_LENGTH_MAX = 100;

    public Schedule {
        Ranges.check("schedules." + name + ".for", lasting, Duration.ofMinutes(1), Duration.ofDays(7));
        Ranges.check("schedules." + name + ".minimum", minimum, 1, ScalingPolicy.NODES_MAX);
        parsed(name, cron);
        zone(name, zone);
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
        ExecutionTime times = ExecutionTime.forCron(parsed(name, cron));
        ZoneId local = zone(name, zone);
        return Stream.concat(
                        last(times, now.plusSeconds(1).atZone(local)).stream(), leftOut(times, local, now).stream())
                .anyMatch(start -> !start.isAfter(now) && now.isBefore(start.plus(lasting)));
    }

    private static Optional<Instant> last(ExecutionTime times, ZonedDateTime before) {
        return times.lastExecution(before).map(ZonedDateTime::toInstant);
    }

    /** The last beginning among the times that the clocks left out when they were last put forward. */
    private static Optional<Instant> leftOut(ExecutionTime times, ZoneId local, Instant now) {
        return Optional.ofNullable(local.getRules().previousTransition(now.plusSeconds(1)))
                .filter(ZoneOffsetTransition::isGap)
                .flatMap(gap -> last(
                                times, gap.getInstant().plus(gap.getDuration()).atZone(gap.getOffsetBefore()))
                        .filter(start -> !start.isBefore(gap.getInstant())));
    }

    private static Cron parsed(Name name, String cron) {
        try {
            if (cron.length() > CRON_LENGTH_MAX) {
                throw new IllegalArgumentException("longer than " + CRON_LENGTH_MAX + " characters");
            }
            return new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX))
                    .parse(cron)
                    .validate();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "schedules." + name + ".cron is not a cron expression (" + e.getMessage()
                            + "): expected five fields such as '0 8 * * 1-5'",
                    e);
        }
    }

    private static ZoneId zone(Name name, String zone) {
        try {
            return ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "schedules." + name + ".zone is not a time zone: expected a name such as Europe/Vienna", e);
        }
    }
}
