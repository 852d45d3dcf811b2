package io.bulwark.backup;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Name;
import io.bulwark.schedule.CronTimes;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that is done again and again.
 *
 * @param run what is done
 * @param cron when, in the five fields of Unix: minute, hour, day of month, month, day of week
 * @param zone the zone of the cron's times, such as {@code Europe/Vienna}; UTC by default
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BackupSchedule(Name name, Work run, String cron, String zone) {
    /** What a schedule may ask for. */
    public enum Work {
        @JsonProperty("incremental")
        INCREMENTAL,
        @JsonProperty("differential")
        DIFFERENTIAL,
        @JsonProperty("full")
        FULL,
        /** The newest chain is restored elsewhere, checked, and thrown away. */
        @JsonProperty("drill")
        DRILL,
        /** Every object of every backup is read to its last byte. */
        @JsonProperty("verify")
        VERIFY
    }

    /** @throws IllegalArgumentException when the cron or the zone is none; the message names it */
    public BackupSchedule {
        CronTimes.of("schedules." + name, cron, zone);
    }

    @JsonCreator
    static BackupSchedule of(
            @JsonProperty(value = "name", required = true) Name name,
            @JsonProperty(value = "run", required = true) Work run,
            @JsonProperty(value = "cron", required = true) String cron,
            @JsonProperty("zone") @Nullable String zone) {
        return new BackupSchedule(name, run, cron, zone == null ? "UTC" : zone);
    }

    /** When its time comes next after this instant; empty when it never does. */
    public Optional<Instant> next(Instant now) {
        return times().next(now);
    }

    CronTimes times() {
        return CronTimes.of("schedules." + name, cron, zone);
    }

    BackupTask task() {
        return switch (run) {
            case INCREMENTAL -> BackupTask.Take.of(BackupKind.INCREMENTAL, name.value());
            case DIFFERENTIAL -> BackupTask.Take.of(BackupKind.DIFFERENTIAL, name.value());
            case FULL -> BackupTask.Take.of(BackupKind.FULL, name.value());
            case DRILL -> new BackupTask.Drill();
            case VERIFY -> new BackupTask.VerifyAll();
        };
    }
}
