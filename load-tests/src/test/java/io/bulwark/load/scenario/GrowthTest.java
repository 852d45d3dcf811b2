package io.bulwark.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.result.Figure;
import io.bulwark.load.result.Second;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GrowthTest {
    @Test
    void of_whatGrowsOnlyInTheFirstThird_isFlat() {
        assertThat(growth(second -> Math.min(second, 100), 1)).isEqualTo(1);
    }

    @Test
    void of_aLeak_isTheRatioOfTheMedians() {
        assertThat(growth(second -> second, 1)).isEqualTo(250 / 149.5);
    }

    @Test
    void of_oneSpike_isFlat() {
        assertThat(growth(second -> second == 250 ? 10_000 : 50, 1)).isEqualTo(1);
    }

    @Test
    void of_smallThings_countsTheFloor() {
        assertThat(growth(second -> second < 200 ? 0.01 : 0.5, 1)).isEqualTo(1);
        assertThat(growth(second -> second < 200 ? 0.01 : 1.5, 1)).isEqualTo(1.5);
    }

    @Test
    void of_aThirdWithoutValues_isNothing() {
        List<Second> seconds = seconds(second -> 1);

        assertThat(Growth.of(seconds, second -> second.at() < 200 ? Stream.of(1.0) : Stream.of(), 1))
                .isEmpty();
        assertThat(Growth.of(List.of(), second -> Stream.of(1.0), 1)).isEmpty();
    }

    @Test
    void growths_ofARun_areOfWhatWasRead() {
        List<Second> seconds = IntStream.range(0, 300)
                .mapToObj(at ->
                        new Second(at, 1, 0, 1, 2, 3, at % 5 == 0 ? Map.of("operationMegabytes", 1.0 + at) : Map.of()))
                .toList();

        assertThat(SoakReport.growths(seconds)).extracting(Figure::subject).containsExactly("latency", "operation");
        assertThat(SoakReport.growths(seconds).getLast().median()).isGreaterThan(SoakReport.GROWTH_MAX);
    }

    private static double growth(IntToDoubleFunction value, double floor) {
        return Growth.of(seconds(value), second -> Stream.of(second.maxMillis()), floor)
                .orElseThrow();
    }

    /** 301 seconds, in thirds of 100, 100 and 101. */
    private static List<Second> seconds(IntToDoubleFunction value) {
        return IntStream.range(0, 301)
                .mapToObj(at -> new Second(at, 1, 0, 1, 1, value.applyAsDouble(at), Map.of()))
                .toList();
    }
}
