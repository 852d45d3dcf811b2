package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.history.ExactlyOnce;
import io.bulwark.load.history.History;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The load without a Bulwark in front of the service: what the checks must then find. */
class KeyedLoadTest {
    private static final int KEYS = 100;

    private final History history = new History();
    private CompletableFuture<Void> half = new CompletableFuture<>();

    @Test
    void run_withoutBulwark_sendsEveryKeyAsOftenAsAskedAndTheChecksFindTheDuplicates() {
        KeyedLoad load = run(Plan.always(new Behaviour.Answer(201)), 5);

        assertThat(history.callsByKey()).hasSize(KEYS);
        assertThat(history.callsByKey().values())
                .allSatisfy(calls -> assertThat(calls).hasSize(5));
        assertThat(half).isCompleted();
        List<String> violations = ExactlyOnce.violations(history, load.keys());
        assertThat(violations)
                .filteredOn(violation -> violation.contains("reached the service again"))
                .hasSize(KEYS);
        assertThat(violations)
                .filteredOn(violation -> violation.contains("different answers"))
                .hasSize(KEYS);
    }

    @Test
    void run_withoutBulwarkOnce_hasNothingToFind() {
        KeyedLoad load = run(Plan.always(new Behaviour.Answer(201)), 1);

        assertThat(ExactlyOnce.violations(history, load.keys())).isEmpty();
    }

    @Test
    void settle_withoutBulwark_goesOnUntilTheServiceNoLongerRefuses() {
        Plan plan = (request, key, earlier) -> new Behaviour.Answer(earlier < 3 ? 503 : 201);
        KeyedLoad load = run(plan, 1, true);

        assertThat(ExactlyOnce.violations(history, load.keys())).isEmpty();
        assertThat(history.calls()).hasSize(4 * KEYS);
    }

    private KeyedLoad run(Plan plan, int sends) {
        return run(plan, sends, false);
    }

    private KeyedLoad run(Plan plan, int sends, boolean settle) {
        try (var service = ExecutionCountingService.start(plan, history);
                var client = new BulwarkClient(service::address, "")) {
            KeyedLoad load = new KeyedLoad(client, "/charges/", history, 16, KEYS, sends, 42);
            half = load.reached(0.5);
            load.run();
            if (settle) {
                load.settle();
            }
            return load;
        }
    }
}
