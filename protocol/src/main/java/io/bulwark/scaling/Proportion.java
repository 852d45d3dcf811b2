package io.bulwark.scaling;

import io.bulwark.scaling.Reading.Known;
import io.bulwark.scaling.Reading.Missing;
import io.bulwark.scaling.Reading.Starting;
import java.util.List;
import java.util.Optional;

/**
 * How many nodes one metric asks for, by the rule of the Kubernetes HorizontalPodAutoscaler
 * (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/, "Algorithm details"): as many more or
 * fewer as the average is above or below its target, and none when it is near it.
 *
 * <p>What is not known never makes a decision stronger. Where there would be more nodes, those that are missing or just
 * starting count as idle; where there would be fewer, those that are missing count as if they had enough to do. When that
 * turns the decision round, or brings it near the target, nothing changes.
 */
final class Proportion {
    private Proportion() {}

    /**
     * The rule's verdict.
     *
     * @param nodes 0 or more
     * @param average that was compared, with what was assumed for those of which nothing is known
     * @param needed how many nodes the known load is worth, not rounded and without tolerance
     */
    record Proposal(int nodes, double average, double needed) {}

    /**
     * Applies the rule.
     *
     * @param readings one for each node
     * @param current how many nodes there are, 1 or more
     * @return empty when nothing is known of any node
     */
    static Optional<Proposal> of(
            Target target, List<Reading> readings, int current, double toleranceUp, double toleranceDown) {
        Sum known = sum(readings, Double.NaN, Double.NaN);
        if (known.count() == 0) {
            return Optional.empty();
        }
        double ratio = known.average() / target.average();
        double needed = ratio * known.count();
        if (known.count() == readings.size()) {
            int nodes = isNear(ratio, toleranceUp, toleranceDown) ? current : ceil(needed);
            return Optional.of(new Proposal(nodes, known.average(), needed));
        }
        Sum assumed = assumed(target, readings, ratio);
        double cautious = assumed.average() / target.average();
        int nodes = ceil(cautious * assumed.count());
        boolean turnsRound = ratio > 1 ? cautious < 1 || nodes < current : cautious > 1 || nodes > current;
        boolean stays = turnsRound || isNear(cautious, toleranceUp, toleranceDown);
        return Optional.of(new Proposal(stays ? current : nodes, assumed.average(), needed));
    }

    /** Of a number that is reported of the whole: how many nodes it is worth at so much for each. */
    static Proposal ofWhole(Target target, double whole, int current, double toleranceUp, double toleranceDown) {
        double needed = whole / target.average();
        boolean near = isNear(needed / current, toleranceUp, toleranceDown);
        return new Proposal(near ? current : ceil(needed), whole / current, needed);
    }

    private static Sum assumed(Target target, List<Reading> readings, double ratio) {
        return ratio > 1 ? sum(readings, 0, 0) : sum(readings, target.assumedAtLeast(), Double.NaN);
    }

    private static boolean isNear(double ratio, double toleranceUp, double toleranceDown) {
        return ratio - 1 <= toleranceUp + 1e-9 && 1 - ratio <= toleranceDown + 1e-9;
    }

    /** Without the last of the digits: three times 0.1 is to be three tenths of 1. */
    static int ceil(double nodes) {
        return (int) Math.min(Integer.MAX_VALUE, Math.ceil(nodes - 1e-9));
    }

    private record Sum(double total, int count) {
        double average() {
            return count == 0 ? 0 : total / count;
        }

        Sum plus(double value) {
            return Double.isNaN(value) ? this : new Sum(total + value, count + 1);
        }
    }

    /** Leaves out what counts as not a number. */
    private static Sum sum(List<Reading> readings, double missing, double starting) {
        Sum sum = new Sum(0, 0);
        for (Reading reading : readings) {
            sum = sum.plus(
                    switch (reading) {
                        case Known(double value) -> value;
                        case Missing() -> missing;
                        case Starting() -> starting;
                    });
        }
        return sum;
    }
}
