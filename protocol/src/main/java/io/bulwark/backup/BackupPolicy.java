package io.bulwark.backup;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Name;
import io.bulwark.grammar.Ranges;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the operator wants of the backups. Every member has a default, so that {@code {}} is a policy.
 *
 * @param schedules at most {@value #SCHEDULES_MAX}
 * @param archive whether and how the write-ahead log is archived
 * @param rateMaxKibibytes what the server may send per second for a backup, 32 to 1,048,576 KiB; 0: as fast as it goes
 * @param paused whether schedules are passed over and nothing is pruned; what a person asks for is done all the same, and
 *     the log is archived
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BackupPolicy(
        List<BackupSchedule> schedules,
        Retention retention,
        Objectives objectives,
        ArchiveMode archive,
        int rateMaxKibibytes,
        boolean paused) {
    public static final int SCHEDULES_MAX = 32;

    private static final int RATE_MIN = 32;
    private static final int RATE_MAX = 1_048_576;

    /** A full one each Sunday, a differential one on the other nights, an incremental one each hour, a drill a week. */
    public static final BackupPolicy DEFAULT = new BackupPolicy(
            List.of(
                    schedule("weekly", BackupSchedule.Work.FULL, "15 2 * * 0"),
                    schedule("nightly", BackupSchedule.Work.DIFFERENTIAL, "15 2 * * 1-6"),
                    schedule("hourly", BackupSchedule.Work.INCREMENTAL, "45 * * * *"),
                    schedule("drill", BackupSchedule.Work.DRILL, "15 4 * * 0")),
            Retention.DEFAULT,
            Objectives.DEFAULT,
            ArchiveMode.ASYNCHRONOUS,
            0,
            false);

    /** @throws IllegalArgumentException when a member is out of its range; the message names it */
    public BackupPolicy {
        schedules = List.copyOf(schedules);
        Ranges.check("schedules (how many)", schedules.size(), 0, SCHEDULES_MAX);
        Set<Name> seen = new HashSet<>();
        for (BackupSchedule schedule : schedules) {
            if (!seen.add(schedule.name())) {
                throw new IllegalArgumentException(
                        "schedules names '" + schedule.name() + "' twice: expected each once");
            }
        }
        if (rateMaxKibibytes != 0) {
            Ranges.check("rateMaxKibibytes", rateMaxKibibytes, RATE_MIN, RATE_MAX);
        }
    }

    @JsonCreator
    static BackupPolicy of(
            @JsonProperty("schedules") @Nullable List<BackupSchedule> schedules,
            @JsonProperty("retention") @Nullable Retention retention,
            @JsonProperty("objectives") @Nullable Objectives objectives,
            @JsonProperty("archive") @Nullable ArchiveMode archive,
            @JsonProperty("rateMaxKibibytes") @Nullable Integer rateMaxKibibytes,
            @JsonProperty("paused") @Nullable Boolean paused) {
        return new BackupPolicy(
                schedules == null ? DEFAULT.schedules : schedules,
                retention == null ? DEFAULT.retention : retention,
                objectives == null ? DEFAULT.objectives : objectives,
                archive == null ? DEFAULT.archive : archive,
                rateMaxKibibytes == null ? DEFAULT.rateMaxKibibytes : rateMaxKibibytes,
                paused == null ? DEFAULT.paused : paused);
    }

    private static BackupSchedule schedule(String name, BackupSchedule.Work run, String cron) {
        return new BackupSchedule(new Name(name), run, cron, "UTC");
    }
}
