package io.bulwark.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The times of a cron expression. Where the clocks are put back, an hour that comes twice has its times twice; where they
 * are put forward, a time that they leave out comes as much later.
 */
public final class CronTimes {
    private static final int CRON_LENGTH_MAX = 100;

    private final ExecutionTime times;
    private final ZoneId zone;

    private CronTimes(ExecutionTime times, ZoneId zone) {
        this.times = times;
        this.zone = zone;
    }

    /**
     * Reads an expression.
     *
     * @param path of the schedule, for messages, such as {@code schedules.nightly}
     * @param cron the five fields of Unix: minute, hour, day of month, month, day of week
     * @param zone such as {@code Europe/Vienna}
     * @throws IllegalArgumentException when one of them is not what is expected; the message names it
     */
    public static CronTimes of(String path, String cron, String zone) {
        return new CronTimes(ExecutionTime.forCron(parsed(path, cron)), zone(path, zone));
    }

    /** The last time that is not after this instant; empty when there was none. */
    public Optional<Instant> last(Instant now) {
        ZonedDateTime local = now.plusSeconds(1).atZone(zone);
        return Stream.concat(before(local).stream(), leftOut(now).stream())
                .filter(time -> !time.isAfter(now))
                .max(Instant::compareTo);
    }

    /** The first time after this instant; empty when there is none. */
    public Optional<Instant> next(Instant now) {
        Optional<Instant> plain = times.nextExecution(now.atZone(zone)).map(ZonedDateTime::toInstant);
        Stream<Instant> moved = Stream.of(
                        Optional.ofNullable(zone.getRules().previousTransition(now)),
                        Optional.ofNullable(zone.getRules().nextTransition(now)))
                .flatMap(Optional::stream)
                .filter(ZoneOffsetTransition::isGap)
                .flatMap(gap -> inside(gap).stream())
                .filter(time -> time.isAfter(now));
        return Stream.concat(plain.stream(), moved).min(Instant::compareTo);
    }

    /** Whether the clocks in the zone show the same at both. */
    public boolean showsTheSame(Instant one, Instant other) {
        return one.atZone(zone).toLocalDateTime().equals(other.atZone(zone).toLocalDateTime());
    }

    private Optional<Instant> before(ZonedDateTime local) {
        return times.lastExecution(local).map(ZonedDateTime::toInstant);
    }

    /** The last among the times that the clocks left out when they were last put forward. */
    private Optional<Instant> leftOut(Instant now) {
        return Optional.ofNullable(zone.getRules().previousTransition(now.plusSeconds(1)))
                .filter(ZoneOffsetTransition::isGap)
                .flatMap(this::inside);
    }

    private Optional<Instant> inside(ZoneOffsetTransition gap) {
        return before(gap.getInstant().plus(gap.getDuration()).atZone(gap.getOffsetBefore()))
                .filter(start -> !start.isBefore(gap.getInstant()));
    }

    private static Cron parsed(String path, String cron) {
        try {
            if (cron.length() > CRON_LENGTH_MAX) {
                throw new IllegalArgumentException("longer than " + CRON_LENGTH_MAX + " characters");
            }
            return new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX))
                    .parse(cron)
                    .validate();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    path + ".cron is not a cron expression (" + e.getMessage()
                            + "): expected five fields such as '0 8 * * 1-5'",
                    e);
        }
    }

    private static ZoneId zone(String path, String zone) {
        try {
            return ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    path + ".zone is not a time zone: expected a name such as Europe/Vienna", e);
        }
    }
}
