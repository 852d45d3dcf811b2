package io.bulwark.load.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficTest {
    private static final int CALLS = 50_000;
    private static final int REACH = 100;

    @ParameterizedTest
    @CsvSource({"0", "0.125", "0.5"})
    void origin_ofCalls_isEarlierForTheShareOfRetries(double share) {
        Traffic traffic = traffic(1, share);
        long retries =
                numbers().filter(number -> traffic.origin(number) != number).count();
        assertThat((double) retries / CALLS).isCloseTo(share, within(0.01));
        assertThat(numbers()).allMatch(number -> traffic.origin(number) <= number && traffic.origin(number) >= 0);
    }

    @Test
    void origin_ofAnOrigin_isItself() {
        Traffic traffic = traffic(1, 0.5);
        assertThat(numbers().map(traffic::origin)).allMatch(origin -> traffic.origin(origin) == origin);
    }

    @Test
    void tenantAndOutcome_ofARetry_areThoseOfItsOrigin() {
        Traffic traffic = traffic(3, 0.5);
        assertThat(numbers())
                .allMatch(number -> traffic.tenant(number) == traffic.tenant(traffic.origin(number))
                        && traffic.outcome(number) == traffic.outcome(traffic.origin(number)));
    }

    @Test
    void outcome_ofCalls_isMixedAsDocumented() {
        Traffic traffic = traffic(4, 0);
        assertThat(share(traffic, Traffic.DONE)).isCloseTo(0.97, within(0.005));
        assertThat(share(traffic, Traffic.UNPROCESSABLE)).isCloseTo(0.02, within(0.004));
        assertThat(share(traffic, Traffic.FAILED)).isCloseTo(0.01, within(0.003));
    }

    @Test
    void tenant_ofCalls_isDrawnFromAllIndependentlyOfTheOutcome() {
        Traffic traffic = traffic(5, 0);
        assertThat(numbers().mapToInt(traffic::tenant).distinct().count()).isEqualTo(16);
        long first = numbers().filter(number -> traffic.tenant(number) == 0).count();
        long failed = numbers()
                .filter(number -> traffic.tenant(number) == 0 && traffic.outcome(number) != Traffic.DONE)
                .count();
        assertThat((double) failed / first).isCloseTo(0.03, within(0.01));
    }

    @Test
    void new_shareOfAll_isRefused() {
        assertThatThrownBy(() -> traffic(1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static double share(Traffic traffic, int outcome) {
        return (double) numbers()
                        .filter(number -> traffic.outcome(number) == outcome)
                        .count()
                / CALLS;
    }

    private static Traffic traffic(long seed, double retries) {
        return new Traffic(seed, new ZipfSampler(16, 1), retries, REACH);
    }

    private static LongStream numbers() {
        return LongStream.range(0, CALLS);
    }
}
