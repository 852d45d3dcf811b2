package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.http.gateway.Balancing.Candidate;
import io.bulwark.service.ServicePolicy.Balance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BalancingTest {
    private static final Candidate UP = new Candidate(true, 0);
    private static final Candidate DOWN = new Candidate(false, 0);

    @Test
    void order_roundRobin_eachInTurn() {
        List<Candidate> targets = List.of(UP, UP, UP);

        assertThat(Balancing.order(Balance.ROUND_ROBIN, targets, 0)).containsExactly(0, 1, 2);
        assertThat(Balancing.order(Balance.ROUND_ROBIN, targets, 1)).containsExactly(1, 2, 0);
        assertThat(Balancing.order(Balance.ROUND_ROBIN, targets, 5)).containsExactly(2, 0, 1);
    }

    @Test
    void order_unusableTarget_getsNothing() {
        assertThat(Balancing.order(Balance.ROUND_ROBIN, List.of(UP, DOWN, UP), 1))
                .containsExactly(2, 0);
    }

    @Test
    void order_noneUsable_allAreTried() {
        assertThat(Balancing.order(Balance.ROUND_ROBIN, List.of(DOWN, DOWN), 1)).containsExactly(1, 0);
        assertThat(Balancing.order(Balance.LEAST_IN_FLIGHT, List.of(DOWN, DOWN), 0))
                .containsExactly(0, 1);
    }

    @Test
    void order_leastInFlight_fewestFirstAndTiesInTurn() {
        List<Candidate> targets = List.of(
                new Candidate(true, 3), new Candidate(true, 1), new Candidate(true, 1), new Candidate(false, 0));

        assertThat(Balancing.order(Balance.LEAST_IN_FLIGHT, targets, 0)).containsExactly(1, 2, 0);
        assertThat(Balancing.order(Balance.LEAST_IN_FLIGHT, targets, 2)).containsExactly(2, 1, 0);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void order_manyTurns_everyUsableTargetGetsItsShare(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            List<Candidate> targets = new ArrayList<>();
            for (int i = random.nextInt(1, 10); i > 0; i--) {
                targets.add(new Candidate(random.nextInt(3) > 0, 0));
            }
            long usable = targets.stream().filter(Candidate::usable).count();
            long sharing = usable == 0 ? targets.size() : usable;
            Map<Integer, Integer> firsts = new HashMap<>();
            for (long turn = 0; turn < sharing * 10; turn++) {
                List<Integer> order = Balancing.order(Balance.ROUND_ROBIN, targets, turn);
                assertThat(order).hasSize((int) sharing).doesNotHaveDuplicates();
                firsts.merge(order.getFirst(), 1, Integer::sum);
            }
            assertThat(firsts).hasSize((int) sharing);
            assertThat(firsts.values()).containsOnly(10);
        }
    }
}
