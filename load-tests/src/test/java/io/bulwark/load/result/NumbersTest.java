package io.bulwark.load.result;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @ParameterizedTest(name = "{0} {1} is {2}")
    @CsvSource(delimiter = '|', textBlock = """
            0           | ms  | 0 ms
            0.012345    | ms  | 0.0123 ms
            4.5678      | ms  | 4.57 ms
            78.91       | ms  | 78.9 ms
            7           | ms  | 7 ms
            -3.456      | MB  | -3.46 MB
            12345.6     | /s  | 12,346/s
            99.99731    | %   | 99.9973%
            99.98       | %   | 99.980%
            99.9999999  | %   | 99.999999%
            100         | %   | 100%
            42.42       | %   | 42.4%
            """)
    void of_aValue_keepsTheDigitsThatMatter(double value, String unit, String text) {
        assertThat(Numbers.of(value, unit)).isEqualTo(text);
    }

    @ParameterizedTest(name = "{0} s is {1}")
    @CsvSource({"0,0:00", "7,0:07", "754,12:34", "3723,1:02:03"})
    void clock_ofSeconds_readsAsAWatch(double seconds, String text) {
        assertThat(Numbers.clock(seconds)).isEqualTo(text);
    }
}
