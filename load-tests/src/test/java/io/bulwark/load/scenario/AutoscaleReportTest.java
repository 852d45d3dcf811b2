package io.bulwark.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.cluster.ScalingView.Decision;
import io.bulwark.load.drive.Paced;
import io.bulwark.load.drive.Steps.Step;
import io.bulwark.load.history.History;
import io.bulwark.load.result.Assessment;
import io.bulwark.load.result.Mark;
import io.bulwark.load.result.Result;
import io.bulwark.load.result.Second;
import io.bulwark.load.scenario.ScalingCourse.Sample;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class AutoscaleReportTest {
    private static final Autoscale RUN = Autoscale.standard();
    private static final Sample BEFORE = new Sample(0, 1, 1, 1, 1);
    private static final Sample DECIDED = new Sample(12, 3, 1, 1, 3);
    private static final Sample THREE = new Sample(25, 3, 3, 3, 3);
    private static final Sample ONE = new Sample(50, 1, 1, 1, 1);

    @Test
    void of_nodesThatCameAndWent_holdsAndMarksEachDecision() {
        Result result = report(0, 0, BEFORE, DECIDED, THREE, ONE);

        assertThat(result.assessments()).allMatch(Assessment::holds).hasSize(5);
        assertThat(result.marks())
                .contains(new Mark(10, "the load rises to three nodes' worth"), new Mark(11.5, "decision 1: more"));
        assertThat(result.series()).hasSize(1);
        assertThat(result.notes()).contains("no slots");
    }

    @Test
    void of_aFailedCallAndAProcessThatStayed_doesNotHold() {
        Result result = report(1, 1, BEFORE, DECIDED, THREE, ONE);

        assertThat(result.assessments())
                .filteredOn(assessment -> !assessment.holds())
                .extracting(Assessment::assertion)
                .containsExactly("errors == 0", "nodes.last == 1");
    }

    @Test
    void of_nothingThatWasDecided_doesNotHold() {
        Result result = report(0, 0, BEFORE, ONE);

        assertThat(result.assessments())
                .filteredOn(assessment -> !assessment.holds())
                .extracting(Assessment::assertion)
                .containsExactly("up.reaction < 30s", "nodes.most == 3");
    }

    @Test
    void steps_ofTheLoad_takeOneNodeThenThreeThenOne() {
        assertThat(RUN.steps().all())
                .containsExactly(
                        new Step(80, Duration.ofSeconds(40)),
                        new Step(270, Duration.ofSeconds(100)),
                        new Step(80, Duration.ofSeconds(100)));
        assertThat(RUN.needed(Duration.ofSeconds(39))).isEqualTo(1);
        assertThat(RUN.needed(Duration.ofSeconds(40))).isEqualTo(3);
        assertThat(RUN.needed(Duration.ofSeconds(140))).isEqualTo(1);
    }

    private static Result report(long failed, int left, Sample... samples) {
        Run run = new Run(RUN.options(), Optional.empty(), () -> Instant.EPOCH, Path.of("."), second -> {}, line -> {});
        Histogram latencies = new Histogram(3);
        latencies.recordValue(1_000);
        List<Second> seconds = List.of(new Second(0, 100, failed, 1, 1, 1, Map.of()));
        return new AutoscaleReport(RUN, run)
                .of(new AutoscaleReport.Seen(
                        new Paced.Outcome(100, failed, seconds, latencies),
                        seconds,
                        new History(),
                        List.of(),
                        new ScalingCourse(List.of(samples), 10, 30, 3),
                        List.of(new Decision(1, Instant.EPOCH.plusMillis(11_500), 1, 3, "more")),
                        Instant.EPOCH,
                        left,
                        List.of("no slots")));
    }
}
