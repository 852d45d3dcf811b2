package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulwark.load.history.Admissions;
import io.bulwark.load.node.BulwarkNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits are spent as fast as clients can while the node is killed several times. */
class StrictLimitAcrossKillTest {
    private static final int KILLS = Scale.of(3, 10);
    private static final int CLIENTS_EACH = 2;
    private static final int CAPACITY = 800;
    private static final int FLOW_CAPACITY = 20;
    private static final int FLOW_PER_SECOND = 30;
    /** Practically no refill within a test: one in a year. */
    private static final String ONCE = "\"capacity\":" + CAPACITY + ",\"refill\":1,\"per\":\"P366D\"";

    private static final Map<String, String> LIMITS = limits();
    private static final Map<String, AcquireLoad> LOADS = new LinkedHashMap<>();

    /** One run for all of the tests below, which look at what was admitted. */
    @BeforeAll
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    static void spendAllLimitsUnderKills() {
        AtomicBoolean stop = new AtomicBoolean();
        try (Stage stage = Stage.start("strict-limits");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var client = stage.admin().with(stage.node().token("*", "caller"));
            LIMITS.forEach((tenant, limit) -> {
                stage.tenant(tenant, "{\"limits\":[" + limit + "]}");
                LOADS.put(tenant, new AcquireLoad(client, tenant, "budget", isFlow(tenant) ? Integer.MAX_VALUE : 50));
            });
            LOADS.values().forEach(load -> load.start(CLIENTS_EACH, threads, stop::get));
            try {
                killSeveralTimes(stage.node());
            } finally {
                stop.set(true);
                LOADS.values().forEach(AcquireLoad::expectMore);
            }
        }
    }

    @AfterAll
    static void forget() {
        LOADS.clear();
    }

    private static void killSeveralTimes(BulwarkNode node) {
        AcquireLoad pace = load("strict-bucket");
        for (int kill = 1; kill <= KILLS; kill++) {
            int spent = CAPACITY * kill / (KILLS + 2);
            waitUntil(() -> pace.admissions().size() >= spent || pace.isSpent());
            node.kill();
            node.restart();
            node.address();
            LOADS.values().forEach(AcquireLoad::expectMore);
        }
        waitUntil(() -> LOADS.entrySet().stream()
                .filter(entry -> !isFlow(entry.getKey()))
                .allMatch(entry -> entry.getValue().isSpent()));
    }

    @Test
    void strictTokenBucket_acrossKills_neverAdmitsMoreThanItsCapacity() {
        assertThat(load("strict-bucket").admissions()).hasSizeLessThanOrEqualTo(CAPACITY);
    }

    @Test
    void strictSlidingWindow_acrossKills_neverAdmitsMoreThanItsCapacity() {
        assertThat(load("strict-sliding").admissions()).hasSizeLessThanOrEqualTo(CAPACITY);
    }

    @Test
    void strictFixedWindow_acrossKills_neverAdmitsMoreThanItsCapacity() {
        assertThat(load("strict-fixed").admissions()).hasSizeLessThanOrEqualTo(CAPACITY);
    }

    @Test
    void strictLimits_acrossKills_goOnAdmitting() {
        List<String> strict = LIMITS.keySet().stream()
                .filter(name -> name.startsWith("strict"))
                .toList();

        assertThat(strict)
                .allSatisfy(tenant ->
                        assertThat(load(tenant).admissions()).as(tenant).hasSizeGreaterThan(atLeast(tenant)));
    }

    /** A flow's admissions grow with the time that all this takes, which on a fast machine is little. */
    private static int atLeast(String tenant) {
        return isFlow(tenant) ? 2 * FLOW_CAPACITY : CAPACITY / (KILLS + 2);
    }

    @Test
    void strictTokenBucket_thatRefills_keepsItsRateInEverySpanOfTime() {
        assertThat(Admissions.beyondBucket(load("strict-flow").admissions(), FLOW_CAPACITY, FLOW_PER_SECOND))
                .isEmpty();
    }

    @Test
    void softTokenBucket_acrossKills_admitsAtMostOneMoreBurstForEachKill() {
        assertThat(load("soft-bucket").admissions()).hasSizeLessThanOrEqualTo(CAPACITY * (KILLS + 1));
    }

    @Test
    void everyAnswer_is200Or429Or503() {
        assertThat(LOADS.values())
                .allSatisfy(load -> assertThat(load.oddities()).isEmpty());
    }

    private static Map<String, String> limits() {
        Map<String, String> limits = new LinkedHashMap<>();
        limits.put("strict-bucket", limit("token-bucket", ONCE, "strict"));
        limits.put(
                "strict-sliding", limit("sliding-window", "\"capacity\":" + CAPACITY + ",\"per\":\"P1D\"", "strict"));
        limits.put("strict-fixed", limit("fixed-window", "\"capacity\":" + CAPACITY + ",\"per\":\"P366D\"", "strict"));
        limits.put("soft-bucket", limit("token-bucket", ONCE, "soft"));
        limits.put(
                "strict-flow",
                limit(
                        "token-bucket",
                        "\"capacity\":" + FLOW_CAPACITY + ",\"refill\":" + FLOW_PER_SECOND + ",\"per\":\"PT1S\"",
                        "strict"));
        return limits;
    }

    private static String limit(String algorithm, String quantities, String durability) {
        return "{\"name\":\"budget\",\"algorithm\":\"" + algorithm + "\"," + quantities + ",\"durability\":\""
                + durability + "\"}";
    }

    /** Whose limit refills within the test, so that it is never spent for good. */
    private static boolean isFlow(String tenant) {
        return tenant.endsWith("flow");
    }

    private static AcquireLoad load(String tenant) {
        AcquireLoad load = LOADS.get(tenant);
        if (load == null) {
            throw new IllegalStateException("No load on " + tenant);
        }
        return load;
    }

    private static void waitUntil(Callable<Boolean> condition) {
        await().atMost(BulwarkNode.PATIENCE).pollInterval(Duration.ofMillis(20)).until(condition);
    }
}
