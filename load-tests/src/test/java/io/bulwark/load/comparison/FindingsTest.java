package io.bulwark.load.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.bulwark.load.result.Assessment;
import io.bulwark.load.result.Figure;
import io.bulwark.load.result.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindingsTest {
    private static final Instant NOW = Instant.parse("2026-11-26T13:00:00Z");
    private static final Comparison QUESTION = new StartComparison(InstantSource.fixed(NOW), line -> {});

    @TempDir
    private Path folder = Path.of("");

    @Test
    void result_severalRounds_oneFigureEachWithItsRoundsInOrder() {
        Findings findings = begin();
        findings.add("bulwark", "rate", "calls/s", 300);
        findings.count("bulwark", "errors", "calls", 1);
        findings.add("redis", "rate", "calls/s", 100);
        findings.add("bulwark", "rate", "calls/s", 200);
        findings.note("Nobody was pinned.");

        Result result = findings.result();

        assertThat(result.figures())
                .containsExactly(
                        new Figure("bulwark", "rate", "calls/s", List.of(300.0, 200.0)),
                        new Figure("bulwark", "errors", "calls", List.of(1.0)),
                        new Figure("redis", "rate", "calls/s", List.of(100.0)));
        assertThat(findings.latest("bulwark", "rate")).isEqualTo(200);
        assertThat(result.name()).isEqualTo("start");
        assertThat(result.started()).isEqualTo(NOW);
        assertThat(result.configuration()).containsEntry("rounds", "2").containsEntry("warm-up before each", "PT1S");
        assertThat(result.notes()).containsExactly("Nobody was pinned.");
    }

    @Test
    void result_targets_heldAgainstTheMedians() {
        Findings findings = begin();
        findings.add("bulwark", "rate", "calls/s", 140);
        findings.add("redis", "rate", "calls/s", 100);
        findings.target("bulwark.rate >= 1.5 * redis.rate");
        findings.target("bulwark.rate >= 100/s");

        assertThat(findings.result().assessments())
                .extracting(Assessment::holds)
                .containsExactly(false, true);
    }

    @Test
    void latest_unknownFigure_saysWhich() {
        assertThatIllegalStateException()
                .isThrownBy(() -> begin().latest("bulwark", "rate"))
                .withMessage("There is no figure bulwark.rate");
    }

    private Findings begin() {
        Setting setting = new Setting(2, Duration.ofSeconds(3), folder, folder, folder);
        return Findings.of(QUESTION, setting, InstantSource.fixed(NOW));
    }
}
