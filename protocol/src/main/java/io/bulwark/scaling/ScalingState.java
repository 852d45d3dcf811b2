package io.bulwark.scaling;

import io.bulwark.wire.CborMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The hard state of the scaling coordinator.
 *
 * @param version of the policy; 0 while nobody has put one
 * @param size that the cluster was last set to; 0 while it is not known
 * @param desired how many nodes were last decided; 0 while nothing was
 * @param decisions the latest {@value #DECISIONS_MAX}, oldest first
 * @param ruleActed when each rule last made for a decision
 */
public record ScalingState(
        long version,
        ScalingPolicy policy,
        int size,
        int desired,
        long lastDecision,
        List<Decision> decisions,
        Stabilization recommended,
        Pacing pacing,
        Map<String, Instant> ruleActed,
        Demand demand,
        Optional<Emergency> emergency)
        implements CborMessage {
    /** How many decisions are kept to be read. */
    public static final int DECISIONS_MAX = 1_000;

    /** With the default policy. */
    public static final ScalingState EMPTY = new ScalingState(
            0,
            ScalingPolicy.DEFAULT,
            0,
            0,
            0,
            List.of(),
            Stabilization.NONE,
            Pacing.NONE,
            Map.of(),
            Demand.NONE,
            Optional.empty());

    public ScalingState {
        decisions = List.copyOf(decisions);
        ruleActed = Map.copyOf(ruleActed);
    }

    /** The only way in which it changes. */
    public ScalingState apply(ScalingEvent event) {
        return switch (event) {
            case ScalingEvent.PolicyPut(long put, ScalingPolicy after) -> withPolicy(put, after);
            case ScalingEvent.Recommended(Instant at, int nodes, Instant before) ->
                with(recommended.seen(before).plus(nodes, at));
            case ScalingEvent.Decided(Decision decision) -> with(decision);
            case ScalingEvent.Resized(Instant at, int from, int to) ->
                with(to, pacing.plus(new Pacing.Change(at, to - from)));
            case ScalingEvent.RuleActed(Instant at, String rule) -> with(rule, at);
            case ScalingEvent.DemandSeen(Demand.Bucket bucket) -> with(demand.plus(bucket));
            case ScalingEvent.EmergencyDeclared(Emergency declared) -> with(Optional.of(declared));
            case ScalingEvent.EmergencyEnded(Instant at, String why) -> with(Optional.<Emergency>empty());
        };
    }

    private ScalingState withPolicy(long put, ScalingPolicy after) {
        return new ScalingState(
                put, after, size, desired, lastDecision, decisions, recommended, pacing, ruleActed, demand, emergency);
    }

    private ScalingState with(Stabilization after) {
        return new ScalingState(
                version, policy, size, desired, lastDecision, decisions, after, pacing, ruleActed, demand, emergency);
    }

    private ScalingState with(Decision decision) {
        List<Decision> after = new ArrayList<>(decisions);
        after.add(decision);
        return new ScalingState(
                version,
                policy,
                size,
                decision.to(),
                decision.number(),
                after.size() <= DECISIONS_MAX ? after : after.subList(1, after.size()),
                recommended,
                pacing,
                ruleActed,
                demand,
                emergency);
    }

    private ScalingState with(int sizeAfter, Pacing after) {
        return new ScalingState(
                version,
                policy,
                sizeAfter,
                desired,
                lastDecision,
                decisions,
                recommended,
                after,
                ruleActed,
                demand,
                emergency);
    }

    private ScalingState with(String rule, Instant at) {
        Map<String, Instant> after = new HashMap<>(ruleActed);
        after.keySet()
                .removeIf(name -> policy.rules().stream()
                        .noneMatch(each -> each.name().value().equals(name)));
        after.put(rule, at);
        return new ScalingState(
                version, policy, size, desired, lastDecision, decisions, recommended, pacing, after, demand, emergency);
    }

    private ScalingState with(Demand after) {
        return new ScalingState(
                version,
                policy,
                size,
                desired,
                lastDecision,
                decisions,
                recommended,
                pacing,
                ruleActed,
                after,
                emergency);
    }

    private ScalingState with(Optional<Emergency> after) {
        return new ScalingState(
                version, policy, size, desired, lastDecision, decisions, recommended, pacing, ruleActed, demand, after);
    }
}
