package io.bulwark.load.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrackTest {
    @Test
    void of_moreSecondsThanPoints_neverHidesAFailureOrTheWorstLatency() {
        List<Second> seconds = IntStream.range(0, 1_000)
                .mapToObj(at ->
                        new Second(at, 100, at == 501 ? 1 : 0, 2, at == 777 ? 90 : 5, at == 3 ? 900 : 9, Map.of()))
                .toList();

        Track track = Track.of(seconds, 300);

        assertThat(track.width()).isEqualTo(4);
        assertThat(track.points()).hasSize(250).allMatch(point -> point.calls() == 100);
        assertThat(track.points())
                .filteredOn(point -> point.failed() > 0)
                .hasSize(1)
                .first()
                .extracting(Second::at)
                .isEqualTo(500);
        assertThat(track.points()).filteredOn(point -> point.p99Millis() == 90).hasSize(1);
        assertThat(track.points().getFirst().maxMillis()).isEqualTo(900);
    }

    @Test
    void of_fewSeconds_keepsThemAsTheyAre() {
        List<Second> seconds = Samples.SCENARIO.series().getFirst().seconds();

        assertThat(Track.of(seconds, 90)).isEqualTo(new Track(seconds, 1));
    }

    @Test
    void of_anUnevenRest_averagesWhatIsThere() {
        List<Second> seconds = IntStream.range(0, 3)
                .mapToObj(
                        at -> new Second(at, 10L * (at + 1), 0, 1, 1, 1, at == 1 ? Map.of() : Map.of("heap", at + 1.0)))
                .toList();

        List<Second> points = Track.of(seconds, 2).points();

        assertThat(points).extracting(Second::calls).containsExactly(15L, 30L);
        assertThat(points).extracting(Second::gauges).containsExactly(Map.of("heap", 1.0), Map.of("heap", 3.0));
    }
}
