package io.bulwark.load.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardHomeTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bulwark_limits_decided_ahead_total 42.0                                   | 42
            bulwark_limits_decided_ahead_total{node=\\"a:1\\"} 1.5E3                  | 1500
            bulwark_limits_decided_total 7.0                                          | 0
            # HELP bulwark_limits_decided_ahead_total Decisions over limits taken here | 0
            """)
    void counted_ofMetrics_isThatCounterAlone(String line, double counted) {
        assertThat(GuardHome.counted("jvm_threads 3.0\n" + line + "\nz 1.0\n")).isEqualTo(counted);
    }
}
