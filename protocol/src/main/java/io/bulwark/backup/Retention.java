package io.bulwark.backup;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Ranges;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjuster;
import java.time.temporal.TemporalAdjusters;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How long backups are kept: one stays for which any of the rules speaks, and with it all that it builds on. The newest
 * always stays, and so does one with the tag {@value #KEEP}. Grandfather, father and son are the newest of each of the
 * latest days, weeks, months and years in which there is any (the rule of restic's {@code forget}: periods without a
 * backup do not count).
 *
 * @param last so many of the newest, 0 to {@value #COUNT_MAX}
 * @param within those that ended less than this ago ({@link #youngerThan} says how that is counted); zero: no such rule
 * @param daily of so many days the newest, 0 to {@value #COUNT_MAX}
 * @param weekly of so many weeks (from Monday) the newest
 * @param monthly of so many months the newest
 * @param yearly of so many years the newest
 * @param zone in which days begin
 * @param pointInTime how far back every instant is to be restorable: the log is kept so far, counted likewise. 0 to {@value #DAYS_MAX} days
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Retention(
        int last, Duration within, int daily, int weekly, int monthly, int yearly, String zone, Duration pointInTime) {
    /** A tag whose bearer stays. */
    public static final String KEEP = "keep";

    public static final int COUNT_MAX = 10_000;
    public static final int DAYS_MAX = 36_500;

    private static final TemporalAdjuster FIRST_OF_WEEK = TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY);

    /** The last three, a week of all, 14 days, 8 weeks, 12 months; every instant of a week. */
    public static final Retention DEFAULT =
            new Retention(3, Duration.ofDays(7), 14, 8, 12, 0, "UTC", Duration.ofDays(7));

    /** @throws IllegalArgumentException when a member is out of its range; the message names it */
    public Retention {
        Ranges.check("retention.last", last, 0, COUNT_MAX);
        Ranges.check("retention.within", within, Duration.ZERO, Duration.ofDays(DAYS_MAX));
        Ranges.check("retention.daily", daily, 0, COUNT_MAX);
        Ranges.check("retention.weekly", weekly, 0, COUNT_MAX);
        Ranges.check("retention.monthly", monthly, 0, COUNT_MAX);
        Ranges.check("retention.yearly", yearly, 0, COUNT_MAX);
        Ranges.check("retention.pointInTime", pointInTime, Duration.ZERO, Duration.ofDays(DAYS_MAX));
        zone(zone);
    }

    @JsonCreator
    static Retention of(
            @JsonProperty("last") @Nullable Integer last,
            @JsonProperty("within") @Nullable Duration within,
            @JsonProperty("daily") @Nullable Integer daily,
            @JsonProperty("weekly") @Nullable Integer weekly,
            @JsonProperty("monthly") @Nullable Integer monthly,
            @JsonProperty("yearly") @Nullable Integer yearly,
            @JsonProperty("zone") @Nullable String zone,
            @JsonProperty("pointInTime") @Nullable Duration pointInTime) {
        return new Retention(
                last == null ? DEFAULT.last : last,
                within == null ? DEFAULT.within : within,
                daily == null ? DEFAULT.daily : daily,
                weekly == null ? DEFAULT.weekly : weekly,
                monthly == null ? DEFAULT.monthly : monthly,
                yearly == null ? DEFAULT.yearly : yearly,
                zone == null ? DEFAULT.zone : zone,
                pointInTime == null ? DEFAULT.pointInTime : pointInTime);
    }

    /**
     * A backup, as far as it matters here.
     *
     * @param parent what it builds on
     * @param ended when it was complete
     * @param pinned whether it has the tag {@value #KEEP}
     */
    public record Held(String id, Optional<String> parent, Instant ended, boolean pinned) {}

    /**
     * Why backups are kept; what is not in it may go.
     *
     * @param all what is there, in any order
     * @return by id a few words, the newest first
     */
    public SequencedMap<String, String> kept(List<Held> all, Instant now) {
        List<Held> newestFirst = newestFirst(all);
        Map<String, String> reasons = new HashMap<>();
        speak(newestFirst, now, reasons);
        Map<String, Held> byId = newestFirst.stream().collect(Collectors.toMap(Held::id, Function.identity()));
        newestFirst.stream()
                .filter(backup -> reasons.containsKey(backup.id()))
                .toList()
                .forEach(backup -> keepWhatItBuildsOn(backup, byId, reasons));
        SequencedMap<String, String> kept = new LinkedHashMap<>();
        newestFirst.stream()
                .map(Held::id)
                .filter(reasons::containsKey)
                .forEach(id -> kept.put(id, reasons.getOrDefault(id, "")));
        return kept;
    }

    /**
     * The backups that ended less than this ago. The clock is not trusted with it alone: of the time from one backup to the
     * next, and from the newest to now, no more than a quarter of the age counts. So a clock that is, or once was, years ahead
     * takes a quarter of the age away and not all of it; three at least are always younger; and backups that are further apart
     * than a quarter of the age stay longer than it says.
     *
     * @param all what is there, in any order
     * @return their ids
     */
    public static Set<String> youngerThan(Duration age, List<Held> all, Instant now) {
        Duration most = age.dividedBy(4);
        Set<String> younger = new HashSet<>();
        Duration old = Duration.ZERO;
        Instant after = now;
        for (Held backup : newestFirst(all)) {
            Instant ended = backup.ended().isBefore(after) ? backup.ended() : after;
            Duration gap = Duration.between(ended, after);
            old = old.plus(gap.compareTo(most) < 0 ? gap : most);
            if (old.compareTo(age) < 0) {
                younger.add(backup.id());
            }
            after = ended;
        }
        return younger;
    }

    private static List<Held> newestFirst(List<Held> all) {
        return all.stream()
                .sorted(Comparator.comparing(Held::ended)
                        .thenComparing(Held::id)
                        .reversed())
                .toList();
    }

    private void speak(List<Held> newestFirst, Instant now, Map<String, String> reasons) {
        newestFirst.stream().limit(1).forEach(backup -> reasons.putIfAbsent(backup.id(), "the newest"));
        newestFirst.stream()
                .filter(Held::pinned)
                .forEach(backup -> reasons.putIfAbsent(backup.id(), "has the tag " + KEEP));
        newestFirst.stream().limit(last).forEach(backup -> reasons.putIfAbsent(backup.id(), "one of the last " + last));
        youngerThan(within, newestFirst, now).forEach(id -> reasons.putIfAbsent(id, "ended within " + within));
        speakOfPeriods(newestFirst, daily, "daily", day -> day, reasons);
        speakOfPeriods(newestFirst, weekly, "weekly", day -> day.with(FIRST_OF_WEEK), reasons);
        speakOfPeriods(newestFirst, monthly, "monthly", day -> day.withDayOfMonth(1), reasons);
        speakOfPeriods(newestFirst, yearly, "yearly", day -> day.withDayOfYear(1), reasons);
    }

    private void speakOfPeriods(
            List<Held> newestFirst,
            int count,
            String word,
            Function<LocalDate, LocalDate> period,
            Map<String, String> reasons) {
        Set<LocalDate> seen = new HashSet<>();
        for (Held backup : newestFirst) {
            LocalDate start = period.apply(backup.ended().atZone(zone(zone)).toLocalDate());
            if (seen.size() < count && seen.add(start)) {
                reasons.putIfAbsent(backup.id(), word + ", of " + start);
            }
        }
    }

    private static void keepWhatItBuildsOn(Held backup, Map<String, Held> byId, Map<String, String> reasons) {
        Optional<Held> base = backup.parent().map(byId::get);
        for (int steps = 0; base.isPresent() && steps < byId.size(); steps++) {
            reasons.putIfAbsent(base.get().id(), "needed by " + backup.id());
            base = base.get().parent().map(byId::get);
        }
    }

    private static ZoneId zone(String zone) {
        try {
            return ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "retention.zone is not a time zone: expected a name such as Europe/Vienna", e);
        }
    }
}
