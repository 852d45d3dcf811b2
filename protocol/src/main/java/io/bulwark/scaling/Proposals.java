package io.bulwark.scaling;

import io.bulwark.scaling.Proportion.Proposal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What targets, rules and the forecast ask for, before anything limits it.
 *
 * @param all in the policy's order
 * @param needed how many nodes the known load is worth by the targets, not rounded; empty when nothing is known
 * @param holding since when each rule's condition has held
 * @param acting the rules that ask for something now
 */
record Proposals(List<Recommendation> all, OptionalDouble needed, Map<String, Instant> holding, List<String> acting) {
    static final String FORECAST = "forecast";

    Proposals {
        all = List.copyOf(all);
        holding = Map.copyOf(holding);
        acting = List.copyOf(acting);
    }

    static Proposals of(ScalingState state, Watch watch, Observed seen, Instant now) {
        Collected collected = new Collected(state, watch, seen, now);
        state.policy().targets().forEach(collected::target);
        state.policy().rules().forEach(collected::rule);
        collected.forecast();
        return new Proposals(collected.all, collected.needed(), collected.holding, collected.acting);
    }

    /** The largest of what targets and rules say; as many as there are, when none of them says anything. */
    int largest(int size) {
        return all.stream()
                .filter(each -> !each.source().equals(FORECAST))
                .flatMap(each -> each.nodes().stream())
                .max(Integer::compare)
                .orElse(size);
    }

    /** What the forecast says; 0 when it says nothing. */
    int forecast() {
        return all.stream()
                .filter(each -> each.source().equals(FORECAST))
                .flatMap(each -> each.nodes().stream())
                .findFirst()
                .orElse(0);
    }

    /** The targets of which nothing is known: to shrink would be a guess. */
    List<String> unknown() {
        return all.stream()
                .filter(each -> each.nodes().isEmpty() && each.known() == 0)
                .map(Recommendation::source)
                .toList();
    }

    private static final class Collected {
        private final ScalingState state;
        private final Watch watch;
        private final Observed seen;
        private final Instant now;
        private final List<Recommendation> all = new ArrayList<>();
        private final List<Double> needs = new ArrayList<>();
        private final Map<String, Instant> holding = new HashMap<>();
        private final List<String> acting = new ArrayList<>();

        Collected(ScalingState state, Watch watch, Observed seen, Instant now) {
            this.state = state;
            this.watch = watch;
            this.seen = seen;
            this.now = now;
        }

        OptionalDouble needed() {
            return needs.stream().mapToDouble(Double::doubleValue).max();
        }

        void target(Target target) {
            all.add(target.metric()
                    .measure()
                    .map(measure -> measured(target, measure))
                    .orElseGet(() -> reported(target)));
        }

        private Recommendation measured(Target target, Measure measure) {
            Readings readings = readings(measure);
            Optional<Proposal> proposal = Proportion.of(
                    target,
                    readings.each(),
                    seen.size(),
                    state.policy().scaleUp().tolerance(),
                    state.policy().scaleDown().tolerance());
            proposal.ifPresent(it -> needs.add(it.needed()));
            return new Recommendation(
                    target.metric().value(),
                    proposal.map(Proposal::nodes),
                    proposal.map(Proposal::average),
                    Optional.of(target.average()),
                    (int) readings.known(),
                    readings.each().size() - (int) readings.known(),
                    readings.note());
        }

        private Recommendation reported(Target target) {
            Optional<Double> whole = custom(target.metric());
            Optional<Proposal> proposal = whole.map(value -> Proportion.ofWhole(
                    target,
                    value,
                    seen.size(),
                    state.policy().scaleUp().tolerance(),
                    state.policy().scaleDown().tolerance()));
            proposal.ifPresent(it -> needs.add(it.needed()));
            return new Recommendation(
                    target.metric().value(),
                    proposal.map(Proposal::nodes),
                    proposal.map(Proposal::average),
                    Optional.of(target.average()),
                    whole.isPresent() ? 1 : 0,
                    whole.isPresent() ? 0 : 1,
                    whole.isPresent() ? "" : "nobody reports it");
        }

        void rule(Rule rule) {
            Optional<Double> value = value(rule.metric());
            String name = rule.name().value();
            boolean holds = value.filter(it -> rule.operator().holds(it, rule.threshold()))
                    .isPresent();
            if (holds) {
                holding.put(name, watch.holding().getOrDefault(name, now));
            }
            boolean longEnough = holds
                    && !holding.getOrDefault(name, now).plus(rule.lasting()).isAfter(now);
            boolean cooled = Optional.ofNullable(state.ruleActed().get(name))
                    .map(at -> !at.plus(rule.cooldown()).isAfter(now))
                    .orElse(true);
            boolean acts = longEnough && cooled;
            if (acts) {
                acting.add(name);
            }
            all.add(new Recommendation(
                    "rule " + name,
                    acts ? Optional.of(asked(rule)) : Optional.empty(),
                    value,
                    Optional.of(rule.threshold()),
                    1,
                    0,
                    note(value, holds, longEnough, cooled)));
        }

        private int asked(Rule rule) {
            return switch (rule.action()) {
                case ADD -> seen.size() + rule.step();
                case REMOVE -> Math.max(0, seen.size() - rule.step());
            };
        }

        private static String note(Optional<Double> value, boolean holds, boolean longEnough, boolean cooled) {
            if (value.isEmpty()) {
                return "nobody reports its metric";
            }
            if (!holds) {
                return "does not hold";
            }
            return longEnough ? cooled ? "" : "is cooling down" : "has not held for long enough yet";
        }

        void forecast() {
            Forecast forecast = state.policy().forecast();
            if (forecast.mode() == Forecast.Mode.OFF) {
                return;
            }
            OptionalDouble nodes = state.demand().forecast(forecast, now);
            all.add(new Recommendation(
                    FORECAST,
                    nodes.isPresent() ? Optional.of(Proportion.ceil(nodes.getAsDouble())) : Optional.empty(),
                    nodes.isPresent() ? Optional.of(nodes.getAsDouble()) : Optional.empty(),
                    Optional.empty(),
                    1,
                    0,
                    nodes.isPresent() ? "" : "no season has been seen yet"));
        }

        private Optional<Double> value(MetricName metric) {
            return metric.measure().map(this::average).orElseGet(() -> custom(metric));
        }

        private Optional<Double> average(Measure measure) {
            OptionalDouble average = readings(measure).each().stream()
                    .flatMap(reading -> reading instanceof Reading.Known(double value) ? Stream.of(value) : Stream.of())
                    .mapToDouble(Double::doubleValue)
                    .average();
            return average.isPresent() ? Optional.of(average.getAsDouble()) : Optional.empty();
        }

        private Optional<Double> custom(MetricName metric) {
            return Optional.ofNullable(seen.custom().get(metric.value()))
                    .filter(it -> it.until().isAfter(now))
                    .map(Observed.Custom::value);
        }

        private Readings readings(Measure measure) {
            return Readings.of(measure, seen, state.policy().startup(), now);
        }
    }
}
