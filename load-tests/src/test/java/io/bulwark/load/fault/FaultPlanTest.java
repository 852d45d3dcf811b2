package io.bulwark.load.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.fault.Fault.Kind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultPlanTest {
    private static final Set<Kind> ALL = EnumSet.allOf(Kind.class);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 42, 1_000_003})
    void random_sameSeed_isTheSamePlan(long seed) {
        assertThat(FaultPlan.random(seed, 3, 8, ALL)).isEqualTo(FaultPlan.random(seed, 3, 8, ALL));
        assertThat(FaultPlan.random(seed, 3, 8, ALL)).isNotEqualTo(FaultPlan.random(seed + 1, 3, 8, ALL));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 42, 1_000_003})
    void random_anySeed_beginsEachFaultAfterTheOneBefore(long seed) {
        List<Fault> faults = FaultPlan.random(seed, 3, 8, ALL).faults();

        assertThat(faults).hasSize(8);
        Duration before = Duration.ZERO;
        for (Fault fault : faults) {
            assertThat(fault.at()).isGreaterThanOrEqualTo(before.plusSeconds(2));
            before = fault.at();
        }
    }

    @Test
    void random_onlySomeKinds_takesNoOthersAndEachOfThem() {
        Set<Class<?>> seen = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            FaultPlan.random(seed, 3, 5, EnumSet.of(Kind.KILL, Kind.PAUSE))
                    .faults()
                    .forEach(fault -> seen.add(fault.getClass()));
        }

        assertThat(seen).isEqualTo(Set.of(Fault.Kill.class, Fault.Pause.class));
    }
}
