package io.bulwark.load.rival;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaTest {
    @ParameterizedTest(name = "{0} at once and {1}/s admit {3} in {2}")
    @CsvSource({
        "100, 10, PT0S, 100",
        "100, 10, PT1S, 110",
        "100, 10, PT2.5S, 125",
        "100, 10, PT0.099S, 100",
        "1, 1000000, PT0.000001S, 2",
        "1000, 1000, PT20.0004S, 21000",
        "1000000000, 1000000, PT1H, 4600000000",
    })
    void admissible_timeGiven_capacityAndWhatCameBack(long capacity, long perSecond, Duration time, long expected) {
        assertThat(new Quota("low", capacity, perSecond).admissible(time)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} admitted in {1} are {2} too many")
    @CsvSource({"110, PT1S, 0", "111, PT1S, 1", "0, PT0S, 0", "250, PT5S, 100"})
    void overAdmitted_admittedGiven_whatIsBeyond(long admitted, Duration time, long expected) {
        assertThat(new Quota("low", 100, 10).overAdmitted(admitted, time)).isEqualTo(expected);
    }

    @Test
    void byName_ownWords_sameQuotas() {
        Quota low = new Quota("low", 5, 7);

        assertThat(Quota.byName(Quota.ample().word(), low.word()))
                .isEqualTo(Map.of("requests", Quota.ample(), "low", low));
    }

    @Test
    void policy_quotaGiven_tokenBucketOfTheContract() {
        assertThat(new Quota("low", 5, 7).policy())
                .isEqualTo(
                        "{\"name\":\"low\",\"algorithm\":\"token-bucket\",\"capacity\":5,\"refill\":7,\"per\":\"PT1S\"}");
    }

    @Test
    void new_moreThanNginxTakes_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Quota("low", 1, 1_000_001))
                .withMessageContaining("1000001 a second: expected 1 to 1000000");
    }
}
