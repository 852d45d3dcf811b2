package io.bulwark.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.drive.Paced;
import io.bulwark.load.fault.Fault;
import io.bulwark.load.fault.FaultPlan;
import io.bulwark.load.history.Arrival;
import io.bulwark.load.history.Call;
import io.bulwark.load.history.Ending;
import io.bulwark.load.history.Ending.Answered;
import io.bulwark.load.history.History;
import io.bulwark.load.result.Assessment;
import io.bulwark.load.result.Figure;
import io.bulwark.load.result.Machine;
import io.bulwark.load.result.Mark;
import io.bulwark.load.result.Result;
import io.bulwark.load.result.Second;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class UptimeReportTest {
    private static final long MILLI = 1_000_000L;
    private static final FaultPlan PLAN = FaultPlan.of(new Fault.Kill(1, Duration.ofSeconds(1), Duration.ofSeconds(2)));

    private final History history = new History();

    @Test
    void of_aRunWithAFailoverInTime_holds() {
        history.add(new History.Fault("kill", 1_000 * MILLI, 9_000 * MILLI));
        execute("a.0", 1, 500, 600);
        call("a.1", 1_100, 3_000, new Ending.Lost("reset"));
        execute("a.2", 2, 3_200, 3_500);
        execute("a.1", 3, 9_100, 9_200);

        Result result =
                report().of(seen(1_000, 1, List.of("a.0", "a.1", "a.2")), Instant.EPOCH, Duration.ofSeconds(10));

        assertThat(value(result, "failover")).isEqualTo(2.5);
        assertThat(value(result, "availability")).isEqualTo(99.9);
        assertThat(value(result, "duplicates")).isZero();
        assertThat(result.holds()).isTrue();
        assertThat(result.marks())
                .containsExactly(new Mark(0.5, "kill node 2, start it after 2.0 s"), new Mark(8.5, "whole again"));
        assertThat(result.notes()).anyMatch(note -> note.contains("1 lost"));
        assertThat(result.notes()).anyMatch(note -> note.contains("because this machine cannot"));
    }

    @Test
    void of_aSecondExecutionAndTooManyFailures_doesNotHold() {
        history.add(new History.Fault("kill", 1_000 * MILLI, 9_000 * MILLI));
        execute("a.0", 1, 500, 600);
        execute("a.0", 2, 8_000, 8_100);

        Result result = report().of(seen(1_000, 2, List.of("a.0")), Instant.EPOCH, Duration.ofSeconds(10));

        assertThat(value(result, "duplicates")).isEqualTo(1);
        assertThat(result.assessments())
                .filteredOn(assessment -> !assessment.holds())
                .extracting(Assessment::assertion)
                .containsExactly("availability >= 99.9%", "failover < 5s", "duplicates == 0", "violations == 0");
    }

    private static UptimeReport report() {
        return new UptimeReport(
                Uptime.standard(), PLAN, Optional.of("not root"), new Machine("p", 1, 1, "s", "j", 0), "unknown");
    }

    private UptimeReport.Seen seen(long calls, long failed, List<String> keys) {
        Histogram latencies = new Histogram(3);
        latencies.recordValue(1_000);
        List<Second> seconds = List.of(new Second(0, calls, failed, 1, 1, 1, Map.of()));
        return new UptimeReport.Seen(new Paced.Outcome(calls, failed, seconds, latencies), history, keys, 500 * MILLI);
    }

    private void execute(String key, long number, long fromMillis, long untilMillis) {
        String body = key + " " + number;
        history.add(new Arrival(number, key, (fromMillis + 1) * MILLI, Arrival.Done.ANSWERED, body));
        call(key, fromMillis, untilMillis, new Answered(201, Optional.empty(), false, false, body));
    }

    private void call(String key, long fromMillis, long untilMillis, Ending ending) {
        history.add(new Call(key, 0, "node-1", fromMillis * MILLI, untilMillis * MILLI, ending));
    }

    private static double value(Result result, String metric) {
        return result.figures().stream()
                .filter(figure -> figure.metric().equals(metric))
                .mapToDouble(Figure::median)
                .findFirst()
                .orElseThrow();
    }
}
