package io.bulwark.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bulwark.grammar.Name;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import io.bulwark.tenant.TenantPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeShareTest {
    @ParameterizedTest
    @CsvSource({
        // algorithm, capacity, refill, per, members, capacity and refill and per of the share
        "TOKEN_BUCKET, 100, 50, PT1S, 1, 100, 50, PT1S",
        "TOKEN_BUCKET, 100, 50, PT1S, 3, 33, 50, PT3S",
        "TOKEN_BUCKET, 2, 1, PT10S, 3, 1, 1, PT30S",
        "TOKEN_BUCKET, 100, 50, P200D, 3, 33, 16, P200D",
        "TOKEN_BUCKET, 100, 2, P200D, 3, 33, 1, P200D",
        "LEAKY_BUCKET, 9, 9, PT1S, 3, 3, 9, PT3S",
        "SLIDING_WINDOW, 100, 100, P1D, 3, 33, 100, P1D",
        "SLIDING_WINDOW, 1, 1, PT1S, 3, 1, 1, PT1S",
        "FIXED_WINDOW, 10, 10, PT1S, 4, 2, 10, PT1S",
        "CONCURRENCY, 7, 7, PT1S, 2, 3, 7, PT1S"
    })
    void of_aLimit_isDividedAndRoundedDownButNeverToNothing(
            Algorithm algorithm,
            long capacity,
            long refill,
            Duration per,
            int members,
            long sharedCapacity,
            long sharedRefill,
            Duration sharedPer) {
        LimitPolicy limit = limit(algorithm, capacity, refill, per);

        assertThat(NodeShare.of(GuardRig.policy(limit), members).limits())
                .containsExactly(limit(algorithm, sharedCapacity, sharedRefill, sharedPer));
    }

    @Test
    void of_aPolicy_changesNothingButItsLimits() {
        assertThat(NodeShare.of(TenantPolicy.DEFAULT, 5)).isEqualTo(TenantPolicy.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void of_noMembers_isRefused(int members) {
        assertThatIllegalArgumentException().isThrownBy(() -> NodeShare.of(TenantPolicy.DEFAULT, members));
    }

    private static LimitPolicy limit(Algorithm algorithm, long capacity, long refill, Duration per) {
        return new LimitPolicy(new Name("requests"), algorithm, capacity, refill, per, Durability.SOFT, Mode.ENFORCE);
    }
}
