package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.service.ServicePolicy.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetHealthTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Health RULE = new Health("/health", Duration.ofSeconds(1), 2, 3);

    /** Each letter is a check, {@code g}ood or {@code b}ad; unhealthy after 2 bad, healthy again after 3 good. */
    @ParameterizedTest(name = "after {0} healthy is {1}")
    @CsvSource({
        "b, true",
        "bb, false",
        "bgb, true",
        "bgbb, false",
        "bbg, false",
        "bbgg, false",
        "bbggg, true",
        "bbggb, false",
        "bbggbgg, false",
        "bbggbggg, true",
        "bbgggb, true",
        "bbgggbb, false"
    })
    void checked_storyOfChecks_healthyOrNot(String checks, boolean healthy) {
        TargetHealth health = TargetHealth.FRESH;
        for (String check : List.of(checks.split(""))) {
            health = health.checked(check.equals("g"), RULE);
        }
        assertThat(health.healthy()).isEqualTo(healthy);
        assertThat(health.isUsable(NOW)).isEqualTo(healthy);
    }

    @Test
    void refused_getsNoCallsUntilTheTimePasses() {
        TargetHealth out = TargetHealth.FRESH.refused(NOW.plusSeconds(1));

        assertThat(out.isUsable(NOW)).isFalse();
        assertThat(out.isUsable(NOW.plusMillis(999))).isFalse();
        assertThat(out.isUsable(NOW.plusSeconds(1))).isTrue();
    }

    @Test
    void refused_goodCheck_bringsItBackAtOnce() {
        assertThat(TargetHealth.FRESH
                        .refused(NOW.plusSeconds(1))
                        .checked(true, RULE)
                        .isUsable(NOW))
                .isTrue();
        assertThat(TargetHealth.FRESH
                        .refused(NOW.plusSeconds(1))
                        .checked(false, RULE)
                        .isUsable(NOW))
                .isFalse();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void checked_anyHistory_comesBackAfterEnoughGoodChecks(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        TargetHealth health = TargetHealth.FRESH;
        for (int round = 0; round < 1_000; round++) {
            health = health.checked(random.nextBoolean(), RULE);
            TargetHealth mended = Stream.iterate(health, next -> next.checked(true, RULE))
                    .skip(3)
                    .findFirst()
                    .orElseThrow();
            assertThat(mended.healthy()).isTrue();
            TargetHealth broken = Stream.iterate(health, next -> next.checked(false, RULE))
                    .skip(2)
                    .findFirst()
                    .orElseThrow();
            assertThat(broken.healthy()).isFalse();
        }
    }
}
