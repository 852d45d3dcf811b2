package io.bulwark.http.gateway;

import io.bulwark.service.ServicePolicy.Balance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** Which target takes the next call: a pure function of the targets' states. */
final class Balancing {
    private Balancing() {}

    /**
     * The targets to be tried, first choice first, each once: those that are usable. When none is, all of them, because
     * then the checks are more likely to be wrong than every target to be gone (what Envoy calls the panic threshold),
     * and a call that fails on every one is no worse than one that is not tried.
     *
     * @param turn grows by one with each call; where a round begins, and who wins a tie
     */
    static List<Integer> order(Balance balance, List<Candidate> candidates, long turn) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).usable()) {
                order.add(i);
            }
        }
        if (order.isEmpty()) {
            candidates.forEach(candidate -> order.add(order.size()));
        }
        Collections.rotate(order, -(int) (turn % order.size()));
        switch (balance) {
            case ROUND_ROBIN -> {}
            case LEAST_IN_FLIGHT ->
                order.sort(
                        Comparator.comparingInt(target -> candidates.get(target).inFlight()));
        }
        return order;
    }

    /** A target as the rule sees it. */
    record Candidate(boolean usable, int inFlight) {}
}
