package io.bulwark.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When times come that come again and again. */
class CronTimesTest {
    private static CronTimes times(String cron, String zone) {
        return CronTimes.of("schedules.a", cron, zone);
    }

    @ParameterizedTest(name = "{0} in {1} at {2}: last {3}, next {4}")
    @CsvSource(
            delimiter = '|',
            value = {
                "15 2 * * *  | UTC           | 2026-11-27T02:15:00Z | 2026-11-27T02:15:00Z | 2026-11-28T02:15:00Z",
                "15 2 * * *  | UTC           | 2026-11-27T02:14:59Z | 2026-11-26T02:15:00Z | 2026-11-27T02:15:00Z",
                "15 2 * * *  | Europe/Vienna | 2026-11-27T02:00:00Z | 2026-11-27T01:15:00Z | 2026-11-28T01:15:00Z",
                "0 3 * * 0   | UTC           | 2026-11-27T00:00:00Z | 2026-11-22T03:00:00Z | 2026-11-29T03:00:00Z",
                "0 0 1 1 *   | UTC           | 2026-11-27T00:00:00Z | 2026-01-01T00:00:00Z | 2027-01-01T00:00:00Z",
                "*/10 * * * *| UTC           | 2026-11-27T00:07:30Z | 2026-11-27T00:00:00Z | 2026-11-27T00:10:00Z",
            })
    void timesOfADay(String cron, String zone, Instant now, Instant last, Instant next) {
        assertThat(times(cron, zone).last(now)).hasValue(last);
        assertThat(times(cron, zone).next(now)).hasValue(next);
    }

    /** On 29 March 2026 the clocks of Vienna go from 02:00 to 03:00 at 01:00 UTC. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "30 2 * * * | 2026-03-29T00:59:00Z | 2026-03-28T01:30:00Z | 2026-03-29T01:30:00Z",
                "30 2 * * * | 2026-03-29T01:29:59Z | 2026-03-28T01:30:00Z | 2026-03-29T01:30:00Z",
                "30 2 * * * | 2026-03-29T01:30:00Z | 2026-03-29T01:30:00Z | 2026-03-30T00:30:00Z",
            })
    void aTimeThatTheClocksLeaveOut_comesAsMuchLater(String cron, Instant now, Instant last, Instant next) {
        assertThat(times(cron, "Europe/Vienna").last(now)).hasValue(last);
        assertThat(times(cron, "Europe/Vienna").next(now)).hasValue(next);
    }

    /** On 25 October 2026 the clocks of Vienna go from 03:00 back to 02:00 at 01:00 UTC. */
    @Test
    void aTimeThatTheClocksShowTwice_isTheSameTime() {
        CronTimes times = times("30 2 * * *", "Europe/Vienna");
        Instant first = Instant.parse("2026-10-25T00:30:00Z");
        Instant again = Instant.parse("2026-10-25T01:30:00Z");

        assertThat(times.last(first)).hasValue(first);
        assertThat(times.showsTheSame(first, again)).isTrue();
        assertThat(times.showsTheSame(first, again.plusSeconds(60))).isFalse();
        assertThat(times.last(again.plusSeconds(1)).orElseThrow()).isIn(first, again);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "61 * * * * | UTC      | schedules.a.cron",
                "* * * *    | UTC      | schedules.a.cron",
                "often      | UTC      | schedules.a.cron",
                "* * * * *  | Mars/One | schedules.a.zone",
            })
    void whatIsNoTime_isRefusedWithItsPath(String cron, String zone, String path) {
        assertThatThrownBy(() -> times(cron, zone))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(path);
    }
}
