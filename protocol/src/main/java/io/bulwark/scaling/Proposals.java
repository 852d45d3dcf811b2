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
record Proposals(List<Recommendation> all, OptionalDouble needed, Map<String, Instant> holding, List<Acting> acting) {
    static final String FORECAST = "forecast";

    /** A rule, and how many nodes it asks for. */
    record Acting(String rule, int nodes) {
        /** Whether it asks for a change in the direction of this one. */
        boolean isFor(int from, int to) {
            return Integer.signum(nodes - from) == Integer.signum(to - from);
        }
    }

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
        private final List<Acting> acting = new ArrayList<>();

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
            Readings readings = readings(measure, target.average());
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
            Optional<Double> value = value(rule);
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
            Optional<Integer> asked = acts
                    ? Optional.of(asked(rule, seen.size()))
                    : underWay(rule).filter(it -> holds || value.isEmpty());
            if (acts) {
                acting.add(new Acting(name, asked(rule, seen.size())));
            }
            all.add(new Recommendation(
                    "rule " + name,
                    asked,
                    value,
                    Optional.of(rule.threshold()),
                    1,
                    0,
                    asked.isPresent() ? "" : note(value, holds, longEnough)));
        }

        private static int asked(Rule rule, int size) {
            return switch (rule.action()) {
                case ADD -> size + rule.step();
                case REMOVE -> Math.max(0, size - rule.step());
            };
        }

        /** What a rule asked for when it acted last, as long as that is decided and not carried out: it still does. */
        private Optional<Integer> underWay(Rule rule) {
            return Optional.of(state.decisions())
                    .filter(decisions -> !decisions.isEmpty())
                    .map(List::getLast)
                    .filter(last ->
                            last.at().equals(state.ruleActed().get(rule.name().value())))
                    .map(last -> asked(rule, last.from()))
                    .filter(nodes -> switch (rule.action()) {
                        case ADD -> nodes > seen.size();
                        case REMOVE -> nodes < seen.size();
                    });
        }

        private static String note(Optional<Double> value, boolean holds, boolean longEnough) {
            if (value.isEmpty()) {
                return "nobody reports its metric";
            }
            if (!holds) {
                return "does not hold";
            }
            return longEnough ? "is cooling down" : "has not held for long enough yet";
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

        private Optional<Double> value(Rule rule) {
            return rule.metric()
                    .measure()
                    .map(measure -> average(readings(measure, rule.threshold())))
                    .orElseGet(() -> custom(rule.metric()));
        }

        private static Optional<Double> average(Readings readings) {
            OptionalDouble average = readings.each().stream()
                    .flatMap(reading -> reading instanceof Reading.Known(double value) ? Stream.of(value) : Stream.of())
                    .mapToDouble(Double::doubleValue)
                    .average();
            return average.isPresent() ? Optional.of(average.getAsDouble()) : Optional.empty();
        }

        private Optional<Double> custom(MetricName metric) {
            return Optional.ofNullable(seen.custom().get(metric.value()))
                    .filter(it -> it.until().isAfter(now))
                    .map(Observed.Custom::value)
                    .filter(value -> value >= 0 && Double.isFinite(value));
        }

        private Readings readings(Measure measure, double wanted) {
            return Readings.of(measure, wanted, seen, state.policy().startup(), now);
        }
    }
}
