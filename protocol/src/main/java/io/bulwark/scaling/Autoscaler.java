package io.bulwark.scaling;

import io.bulwark.scaling.Decision.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides how many nodes there should be: a pure function of policy, reports, history and time. In this order, which is
 * that of the Kubernetes HorizontalPodAutoscaler:
 *
 * <ol>
 *   <li>what targets, rules and the forecast ask for; the largest counts, and where a target is not known it is not made
 *       smaller. The forecast only raises;
 *   <li>a size outside of minimum and maximum is brought to them at once; schedules raise the minimum;
 *   <li>else stabilization, then the policies of the direction, then minimum and maximum;
 *   <li>an emergency counts instead of all that; a pause lets everything be as it is.
 * </ol>
 */
public final class Autoscaler {
    private Autoscaler() {}

    /**
     * What an evaluation came to.
     *
     * @param events to be journalled; empty when nothing hard changes
     * @param watch to be handed to the next evaluation
     */
    public record Evaluation(List<ScalingEvent> events, Watch watch, Outlook outlook) {
        public Evaluation {
            events = List.copyOf(events);
        }
    }

    /** Evaluates; changes nothing. */
    public static Evaluation evaluate(ScalingState state, Watch watch, Observed seen, Instant now) {
        List<ScalingEvent> events = new ArrayList<>(changes(state, seen, now));
        ScalingState here = events.stream().reduce(state, ScalingState::apply, (one, other) -> other);
        Proposals proposals = Proposals.of(here, watch, seen, now);
        Limited limited = limited(here, watch, seen.size(), proposals, now);
        if (here.recommended().isNews(limited.recommended())) {
            events.add(new ScalingEvent.Recommended(
                    now, limited.recommended(), watch.evaluated().orElse(now)));
        }
        Optional<Demand.Bucket> peak = peak(watch, proposals, now);
        watch.peak()
                .filter(before -> before.index() < Demand.index(now))
                .ifPresent(before -> events.add(new ScalingEvent.DemandSeen(before)));
        String reason = Explanation.of(seen.size(), limited, proposals, here.emergency());
        Outlook outlook = new Outlook(
                now, seen.size(), limited.recommended(), limited.to(), proposals.all(), limited.limits(), reason);
        events.addAll(decided(here, limited, proposals, outlook, state.size() != seen.size()));
        return new Evaluation(events, new Watch(proposals.holding(), Optional.of(now), peak), outlook);
    }

    /**
     * A size that is left after all that limits it.
     *
     * @param recommended before that
     * @param limits in the order in which they did
     */
    record Limited(int recommended, int to, List<String> limits, Kind kind, boolean paused) {}

    /**
     * What happened without the coordinator, and what ran out. What it finds at its very first evaluation counts as
     * recommended, so that it does not shrink at once what it does not know yet.
     */
    private static List<ScalingEvent> changes(ScalingState state, Observed seen, Instant now) {
        List<ScalingEvent> events = new ArrayList<>();
        if (state.size() != seen.size()) {
            int before = state.size() == 0 ? seen.size() : state.size();
            events.add(new ScalingEvent.Resized(now, before, seen.size()));
        }
        if (state.recommended().runs().isEmpty()) {
            events.add(new ScalingEvent.Recommended(now, seen.size(), now));
        }
        state.emergency()
                .filter(it -> it.isOver(now))
                .ifPresent(over ->
                        events.add(new ScalingEvent.EmergencyEnded(now, "it was ordered until " + over.until())));
        return events;
    }

    private static Limited limited(ScalingState state, Watch watch, int size, Proposals proposals, Instant now) {
        ScalingPolicy policy = state.policy();
        Kind kind = policy.dryRun() ? Kind.DRY_RUN : Kind.DECIDED;
        List<String> limits = new ArrayList<>();
        int recommended = recommended(size, proposals, limits);
        if (state.emergency().isPresent()) {
            int ordered = state.emergency().get().bounded(policy.maximum());
            List<String> why =
                    ordered < state.emergency().get().nodes() ? List.of("emergency", "maximum") : List.of("emergency");
            return new Limited(recommended, ordered, why, Kind.EMERGENCY, false);
        }
        int settled = settled(state, watch, size, recommended, now, limits);
        if (policy.paused()) {
            limits.add("paused");
        }
        return new Limited(recommended, policy.paused() ? size : settled, limits, kind, policy.paused());
    }

    private static int recommended(int size, Proposals proposals, List<String> limits) {
        int largest = proposals.largest(size);
        if (largest < size && !proposals.unknown().isEmpty()) {
            limits.add("unknown: " + String.join(", ", proposals.unknown()));
            return Math.max(size, proposals.forecast());
        }
        return Math.max(largest, proposals.forecast());
    }

    private static int settled(
            ScalingState state, Watch watch, int size, int recommended, Instant now, List<String> limits) {
        ScalingPolicy policy = state.policy();
        int minimum = minimum(policy, now);
        if (size > policy.maximum() || size < minimum) {
            limits.clear();
            limits.add(size < minimum ? minimumName(policy, minimum) : "maximum");
            return size < minimum ? minimum : policy.maximum();
        }
        Stabilization history = state.recommended().seen(watch.evaluated().orElse(now));
        int stable = history.settle(size, recommended, policy.scaleUp(), policy.scaleDown(), now);
        note(limits, "stabilization", stable != recommended);
        int paced = stable > size
                ? Math.min(stable, state.pacing().highest(size, policy.scaleUp(), now))
                : Math.max(stable, state.pacing().lowest(size, policy.scaleDown(), now));
        note(limits, stable > size ? "scaleUp" : "scaleDown", paced != stable);
        int bounded = Math.clamp(paced, minimum, policy.maximum());
        note(limits, bounded < paced ? "maximum" : minimumName(policy, minimum), bounded != paced);
        return bounded;
    }

    private static void note(List<String> limits, String limit, boolean limited) {
        if (limited) {
            limits.add(limit);
        }
    }

    private static int minimum(ScalingPolicy policy, Instant now) {
        int scheduled = policy.schedules().stream()
                .filter(schedule -> schedule.isActive(now))
                .mapToInt(Schedule::minimum)
                .max()
                .orElse(0);
        return Math.min(policy.maximum(), Math.max(policy.minimum(), scheduled));
    }

    private static String minimumName(ScalingPolicy policy, int minimum) {
        return minimum > policy.minimum() ? "schedule" : "minimum";
    }

    private static Optional<Demand.Bucket> peak(Watch watch, Proposals proposals, Instant now) {
        long index = Demand.index(now);
        Optional<Demand.Bucket> same = watch.peak().filter(bucket -> bucket.index() == index);
        return Stream.concat(
                        same.stream().map(Demand.Bucket::nodes),
                        proposals.needed().stream().boxed())
                .max(Double::compare)
                .map(nodes -> new Demand.Bucket(index, nodes));
    }

    private static List<ScalingEvent> decided(
            ScalingState state, Limited limited, Proposals proposals, Outlook outlook, boolean resized) {
        if (limited.paused() || !isNews(state, limited, outlook.size(), resized)) {
            return List.of();
        }
        List<ScalingEvent> events = new ArrayList<>();
        events.add(new ScalingEvent.Decided(new Decision(
                state.lastDecision() + 1,
                outlook.at(),
                outlook.size(),
                limited.to(),
                limited.kind(),
                outlook.recommendations(),
                outlook.limits(),
                outlook.reason())));
        if (limited.to() != outlook.size() && limited.kind() != Kind.EMERGENCY) {
            proposals.acting().stream()
                    .filter(acting -> acting.isFor(outlook.size(), limited.to()))
                    .forEach(acting -> events.add(new ScalingEvent.RuleActed(outlook.at(), acting.rule())));
        }
        return events;
    }

    /**
     * Whether it is to be decided: another size than before; or the same, of which somebody else has just made another, or
     * that was only recorded so far.
     */
    private static boolean isNews(ScalingState state, Limited limited, int size, boolean resized) {
        if (limited.to() != (state.desired() == 0 ? size : state.desired())) {
            return true;
        }
        boolean onlyRecorded = limited.kind() != Kind.DRY_RUN
                && !state.decisions().isEmpty()
                && state.decisions().getLast().kind() == Kind.DRY_RUN;
        return limited.to() != size && (resized || onlyRecorded);
    }
}
