package io.bulwark.load.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {
    @ParameterizedTest(name = "{0} needs an axis up to {1} with {2} ticks")
    @CsvSource({"0,1,2", "1,1,6", "4.3,5,6", "23,25,6", "97,100,6", "1030,1250,6", "0.07,0.08,5"})
    void fromZero_endsAtARoundNumberAbove(double largest, double high, int ticks) {
        Axis axis = Axis.fromZero(largest);

        assertThat(axis.high()).isCloseTo(high, within(1e-9));
        assertThat(axis.ticks()).hasSize(ticks).first().isEqualTo(0.0);
        assertThat(axis.at(0)).isZero();
    }

    @Test
    void ofLatencies_closeTogether_isLinear() {
        Axis axis = Axis.ofLatencies(4, 60);

        assertThat(axis.logarithmic()).isFalse();
        assertThat(axis.at(30)).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void ofLatencies_farApart_givesEachPowerOfTenTheSameRoom() {
        Axis axis = Axis.ofLatencies(4, 4_900);

        assertThat(axis.logarithmic()).isTrue();
        assertThat(axis.ticks()).containsExactly(1.0, 10.0, 100.0, 1_000.0);
        assertThat(axis.at(100) - axis.at(10)).isCloseTo(axis.at(10) - axis.at(1), within(1e-9));
        assertThat(axis.at(0)).isZero();
        assertThat(axis.at(9_999)).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} s are shown every {1} s")
    @CsvSource({"1,1", "8,1", "90,15", "300,60", "1200,300", "86400,14400"})
    void ofTime_hasFewRoundSteps(double seconds, double step) {
        assertThat(Axis.ofTime(seconds).ticks())
                .hasSizeLessThanOrEqualTo(9)
                .element(1)
                .isEqualTo(step);
    }
}
