package io.bulwark.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.scaling.Autoscaler.Evaluation;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What must hold of all decisions, by a history of its own: sizes as they came about, and recommendations as they were
 * made. It knows no runs, no journal and nothing that a coordinator forgets.
 */
final class ScalingChecker {
    private final ScalingPolicy policy;
    private final NavigableMap<Instant, Integer> sizes = new TreeMap<>();
    private final NavigableMap<Instant, Integer> recommended = new TreeMap<>();
    private final Map<String, Instant> acted = new HashMap<>();
    private long decisions;
    private int desired;

    ScalingChecker(ScalingPolicy policy, int size) {
        this.policy = policy;
        sizes.put(Instant.MIN, size);
        desired = size;
    }

    void resized(Instant at, int size) {
        sizes.put(at, size);
    }

    void evaluated(Instant now, Evaluation evaluation, List<Decision> made) {
        recommended.put(now, evaluation.outlook().recommended());
        assertThat(made).hasSizeLessThanOrEqualTo(1);
        made.forEach(decision -> check(now, decision));
        assertThat(evaluation.outlook().desired()).isEqualTo(desired);
        for (ScalingEvent event : evaluation.events()) {
            if (event instanceof ScalingEvent.RuleActed(Instant at, String rule)) {
                checkCooldown(at, rule);
            }
        }
    }

    private void check(Instant now, Decision decision) {
        int size = sizes.lastEntry().getValue();
        assertThat(decision.number()).isEqualTo(++decisions);
        assertThat(decision.from()).isEqualTo(size);
        assertThat(decision.to())
                .as("%s", decision)
                .isNotEqualTo(desired)
                .isBetween(policy.minimum(), policy.maximum());
        if (decision.to() > size) {
            assertThat(decision.to())
                    .as("%s", decision)
                    .isLessThanOrEqualTo(Math.max(size, fastest(now, size)))
                    .isLessThanOrEqualTo(
                            within(now, policy.scaleUp().stabilization()).min().orElseThrow());
        } else {
            assertThat(decision.to())
                    .as("%s", decision)
                    .isGreaterThanOrEqualTo(Math.min(size, slowest(now, size)))
                    .isGreaterThanOrEqualTo(Math.min(
                            policy.maximum(),
                            within(now, policy.scaleDown().stabilization())
                                    .max()
                                    .orElseThrow()));
        }
        desired = decision.to();
    }

    private void checkCooldown(Instant at, String rule) {
        Instant before = acted.put(rule, at);
        Duration cooldown = policy.rules().stream()
                .filter(each -> each.name().value().equals(rule))
                .findFirst()
                .orElseThrow()
                .cooldown();
        assertThat(before == null || !at.isBefore(before.plus(cooldown)))
                .as("%s acted at %s and at %s", rule, before, at)
                .isTrue();
    }

    /** What was recommended in a window that ends now, now included. */
    private IntStream within(Instant now, Duration window) {
        return IntStream.concat(
                recommended.tailMap(now.minus(window), false).values().stream().mapToInt(Integer::intValue),
                IntStream.of(recommended.lastEntry().getValue()));
    }

    private int fastest(Instant now, int size) {
        IntStream reach = policy.scaleUp().policies().stream().mapToInt(rate -> {
            int before = sizes.floorEntry(now.minus(rate.per())).getValue();
            return switch (rate.type()) {
                case NODES -> before + rate.value();
                case PERCENT -> before + (before * rate.value() + 99) / 100;
            };
        });
        return switch (policy.scaleUp().select()) {
            case MAX -> reach.max().orElseThrow();
            case MIN -> reach.min().orElseThrow();
            case DISABLED -> size;
        };
    }

    private int slowest(Instant now, int size) {
        IntStream depth = policy.scaleDown().policies().stream().mapToInt(rate -> {
            int before = sizes.floorEntry(now.minus(rate.per())).getValue();
            return switch (rate.type()) {
                case NODES -> before - rate.value();
                case PERCENT -> before - (before * rate.value() + 99) / 100;
            };
        });
        return switch (policy.scaleDown().select()) {
            case MAX -> depth.min().orElseThrow();
            case MIN -> depth.max().orElseThrow();
            case DISABLED -> size;
        };
    }
}
