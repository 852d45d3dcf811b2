package io.bulwark.load.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryTest {
    @Test
    void of_severalResults_hasARowForEachSubjectWithWhatWasAsserted() {
        List<String> lines = Summary.of(List.of(Samples.SCENARIO, Samples.COMPARISON))
                .lines()
                .toList();

        assertThat(lines).startsWith("| run | subject | figures | asserted |", "|---|---|---|---|");
        assertThat(lines.get(2))
                .startsWith("| Guarded calls while nodes are killed, paused and cut off (`uptime`) | guarded | "
                        + "availability 99.981%, failover 5.25 s, p50 3.10 ms, p99 48 ms, duplicates 0 operations")
                .contains("**does not hold**: `failover < 5s` (guarded: 5.25 s)");
        assertThat(lines.get(4))
                .isEqualTo("|  | akka | rate 27,300 decisions/s (26,800 to 27,900), p99 4.20 ms (4.00 to 4.40) |  |");
        assertThat(lines).hasSize(2 + 1 + 4 + 1 + 2).last().asString().contains("Some Processor", "0123456789ab");
    }

    @Test
    void of_dataWithTheTablesOwnSigns_keepsTheTableWhole() {
        Result odd = new Result(
                "odd",
                "a | b\n<i>",
                Instant.EPOCH,
                Duration.ZERO,
                "unknown",
                Samples.MACHINE,
                Map.of(),
                List.of(Figure.once("x|y", "rate", "", 1)),
                List.of(),
                List.of(),
                List.of(),
                List.of());

        assertThat(Summary.of(List.of(odd)).lines().toList().get(2))
                .isEqualTo("| a \\| b &lt;i> (`odd`) | x\\|y | rate 1 |  |");
    }
}
