package io.bulwark.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.backup.Retention.Held;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which backups stay. */
class RetentionTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    private static Retention none() {
        return new Retention(0, Duration.ZERO, 0, 0, 0, 0, "UTC", Duration.ZERO);
    }

    /** {@code id@time}, {@code id@time<parent}, and {@code !} behind it for the tag. */
    private static Held held(String text) {
        boolean pinned = text.endsWith("!");
        String[] halves = text.replace("!", "").split("<", -1);
        String[] named = halves[0].split("@", -1);
        return new Held(
                named[0],
                halves.length > 1 ? Optional.of(halves[1]) : Optional.empty(),
                Instant.parse(named[1] + ":00Z"),
                pinned);
    }

    private static List<String> kept(Retention retention, String all) {
        return List.copyOf(retention
                .kept(
                        Arrays.stream(all.strip().split("\\s+"))
                                .map(RetentionTest::held)
                                .toList(),
                        NOW)
                .keySet());
    }

    private static final String WEEK = """
            a@2026-11-15T02:15 b@2026-11-16T02:15 c@2026-11-22T02:15 d@2026-11-23T02:15
            e@2026-11-26T02:15 f@2026-11-26T20:15 g@2026-11-27T02:15""";

    @Test
    void withoutAnyRule_theNewestStays() {
        assertThat(kept(none(), WEEK)).containsExactly("g");
    }

    @Test
    void theLast_areThoseThatEndedLast() {
        assertThat(kept(new Retention(3, Duration.ZERO, 0, 0, 0, 0, "UTC", Duration.ZERO), WEEK))
                .containsExactly("g", "f", "e");
    }

    @Test
    void within_isCountedFromNow_andItsEndIsOutside() {
        String hourly =
                "a@2026-11-27T07:00 b@2026-11-27T08:00 c@2026-11-27T09:00 d@2026-11-27T10:00 e@2026-11-27T11:00";
        assertThat(kept(new Retention(0, Duration.ofMinutes(241), 0, 0, 0, 0, "UTC", Duration.ZERO), hourly))
                .containsExactly("e", "d", "c", "b");
        assertThat(kept(new Retention(0, Duration.ofHours(4), 0, 0, 0, 0, "UTC", Duration.ZERO), hourly))
                .as("b ended exactly so long ago")
                .containsExactly("e", "d", "c");
    }

    /** Backups each hour, and now an hour after the last of 24 of them, by a clock that is off: how many are of a day. */
    @ParameterizedTest
    @CsvSource({
        "PT0S, 0, 23, it is right",
        "PT5H, 0, 18, some were left out",
        "P30D, 0, 18, of a month without any a quarter of a day counts",
        "P3650D, 0, 18, and of ten years by a clock that is ahead",
        "P3650D, 1, 18, which stamped the newest one too",
        "P3650D, 4, 18, and went on: it moves as any other does",
        "P3650D, 23, 23, until a day has passed by it",
        "-P3650D, 0, 24, one that is behind makes nothing old",
    })
    void clockThatIsOff_doesNotMakeBackupsOld(Duration off, int stamped, int younger, String why) {
        List<Held> all = new ArrayList<>();
        for (int hours = 1; hours <= 24; hours++) {
            Instant ended = NOW.minus(Duration.ofHours(hours));
            all.add(new Held("b" + hours, Optional.empty(), hours <= stamped ? ended.plus(off) : ended, false));
        }
        assertThat(Retention.youngerThan(Duration.ofDays(1), all, NOW.plus(off)))
                .as(why)
                .hasSize(younger);
    }

    @Test
    void backupsThatAreFurtherApartThanAQuarterOfTheTime_stayLonger() {
        List<Held> weekly = new ArrayList<>();
        for (int week = 0; week < 8; week++) {
            weekly.add(new Held("w" + week, Optional.empty(), NOW.minus(Duration.ofDays(7L * week)), false));
        }
        assertThat(Retention.youngerThan(Duration.ofDays(28), weekly, NOW))
                .as("no further apart than that")
                .containsExactlyInAnyOrder("w0", "w1", "w2", "w3");
        assertThat(Retention.youngerThan(Duration.ofDays(8), weekly, NOW))
                .containsExactlyInAnyOrder("w0", "w1", "w2", "w3");
    }

    @Test
    void newestThatWasStampedByAClockThatWasAhead_doesNotAgeTheOthers_onceItIsRight() {
        List<Held> all = List.of(
                new Held("future", Optional.empty(), NOW.plus(Duration.ofDays(900)), false),
                new Held("old", Optional.empty(), NOW.minus(Duration.ofDays(9)), false),
                new Held("new", Optional.empty(), NOW.minus(Duration.ofHours(1)), false));
        assertThat(Retention.youngerThan(Duration.ofDays(1), all, NOW)).contains("new", "future");
    }

    @Test
    void ofEachOfTheLatestDaysThatHaveAny_theNewestStays() {
        assertThat(kept(new Retention(0, Duration.ZERO, 3, 0, 0, 0, "UTC", Duration.ZERO), WEEK))
                .containsExactly("g", "f", "d");
    }

    @Test
    void daysBeginWhereTheZoneSays() {
        assertThat(kept(new Retention(0, Duration.ZERO, 2, 0, 0, 0, "Pacific/Auckland", Duration.ZERO), WEEK))
                .as("f and g are of one day there")
                .containsExactly("g", "e");
    }

    @Test
    void weeksBeginOnMonday() {
        assertThat(kept(new Retention(0, Duration.ZERO, 0, 3, 0, 0, "UTC", Duration.ZERO), WEEK))
                .as("the 22nd is a Sunday, the 16th a Monday, the 15th a Sunday")
                .containsExactly("g", "c", "a");
    }

    @Test
    void monthsAndYears() {
        String years = "a@2024-12-31T00:00 b@2025-01-01T00:00 c@2025-12-31T00:00 d@2026-01-01T00:00 e@2026-01-31T00:00";
        assertThat(kept(new Retention(0, Duration.ZERO, 0, 0, 2, 0, "UTC", Duration.ZERO), years))
                .containsExactly("e", "c");
        assertThat(kept(new Retention(0, Duration.ZERO, 0, 0, 0, 3, "UTC", Duration.ZERO), years))
                .containsExactly("e", "c", "a");
    }

    @Test
    void whatAKeptOneBuildsOn_stays_andSaysForWhom() {
        String chain = "f@2026-11-01T00:00 i1@2026-11-02T00:00<f i2@2026-11-03T00:00<i1 i3@2026-11-04T00:00<i2";
        assertThat(none().kept(
                                Arrays.stream(chain.split(" "))
                                        .map(RetentionTest::held)
                                        .toList(),
                                NOW))
                .containsExactly(
                        Map.entry("i3", "the newest"),
                        Map.entry("i2", "needed by i3"),
                        Map.entry("i1", "needed by i3"),
                        Map.entry("f", "needed by i3"));
    }

    @Test
    void theTag_keepsForEver() {
        assertThat(kept(none(), "a@2020-01-01T00:00! b@2026-11-01T00:00 c@2026-11-27T00:00"))
                .containsExactly("c", "a");
    }

    @Test
    void nothing_isKeptOfNothing() {
        assertThat(Retention.DEFAULT.kept(List.of(), NOW)).isEmpty();
    }

    static Stream<Long> seeds() {
        return Stream.iterate(1L, seed -> seed + 1).limit(500);
    }

    /** Whatever there is and whatever the rules are. */
    @ParameterizedTest
    @MethodSource("seeds")
    void noChainIsEverBroken_andMoreGenerousRulesKeepNoLess(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Held> all = history(random);
        long drawn = random.nextLong();
        Retention rules = rules(drawn, 0);
        Set<String> kept = new HashSet<>(rules.kept(all, NOW).keySet());
        all.stream()
                .filter(backup -> kept.contains(backup.id()))
                .forEach(backup -> backup.parent()
                        .filter(parent ->
                                all.stream().anyMatch(other -> other.id().equals(parent)))
                        .ifPresent(parent -> assertThat(kept).contains(parent)));
        all.stream()
                .max(Comparator.comparing(Held::ended).thenComparing(Held::id))
                .ifPresent(newest -> assertThat(kept).contains(newest.id()));
        all.stream().filter(Held::pinned).forEach(pinned -> assertThat(kept).contains(pinned.id()));
        assertThat(rules(drawn, 3).kept(all, NOW).keySet()).containsAll(kept);
        List<Held> left =
                all.stream().filter(backup -> kept.contains(backup.id())).toList();
        assertThat(rules.kept(left, NOW).keySet())
                .as("what was pruned once has nothing more to lose")
                .isEqualTo(kept);
    }

    private static List<Held> history(SplittableRandom random) {
        List<Held> all = new ArrayList<>();
        Instant at = NOW.minus(Duration.ofDays(random.nextInt(1, 900)));
        Optional<String> last = Optional.empty();
        Optional<String> full = Optional.empty();
        for (int i = 0; i < 60 && at.isBefore(NOW); i++) {
            int kind = full.isEmpty() ? 0 : random.nextInt(6);
            Optional<String> parent = kind == 0 ? Optional.empty() : kind == 1 ? full : last;
            Held backup = new Held("b" + i, parent, at, random.nextInt(20) == 0);
            all.add(backup);
            last = Optional.of(backup.id());
            full = kind == 0 ? last : full;
            at = at.plus(Duration.ofMinutes(random.nextInt(1, 60 * 24 * 20)));
        }
        return all;
    }

    private static Retention rules(long seed, int more) {
        SplittableRandom drawn = new SplittableRandom(seed);
        return new Retention(
                drawn.nextInt(4) + more,
                Duration.ofDays(drawn.nextInt(30) + more),
                drawn.nextInt(8) + more,
                drawn.nextInt(5) + more,
                drawn.nextInt(6) + more,
                drawn.nextInt(3) + more,
                "UTC",
                Duration.ZERO);
    }

    @ParameterizedTest
    @CsvSource({"-1, retention.last", "10001, retention.last"})
    void aCountOutOfRange_isRefused(int last, String named) {
        assertThatThrownBy(() -> new Retention(last, Duration.ZERO, 0, 0, 0, 0, "UTC", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }
}
