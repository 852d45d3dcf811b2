package io.bulwark.scaling;

import io.bulwark.scaling.Observed.Heard;
import io.bulwark.scaling.Observed.Node;
import io.bulwark.scaling.Reading.Known;
import io.bulwark.scaling.Reading.Missing;
import io.bulwark.scaling.Reading.Starting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the nodes say of one metric, so that none of them swings the result alone: what cannot be is left out, and of three
 * or more that say something, one that is far from the middle counts as {@value #FAR} times, or a {@value #FAR}th, of it;
 * where the middle is 0, as {@value #FAR} times what is wanted at most. With two nobody can say which of them is wrong.
 *
 * @param each one for each node, those that are only expected included
 * @param note what was left out or bounded; empty for nothing
 */
record Readings(List<Reading> each, String note) {
    static final int FAR = 4;
    /** No node does a million of anything in a second, or has as many of anything at once. */
    private static final double AMOUNT_MAX = 1e6;
    /** A share is measured with a little noise. */
    private static final double SHARE_MAX = 1.05;

    Readings {
        each = List.copyOf(each);
    }

    /** @param wanted of the metric, on average: the target or the threshold */
    static Readings of(Measure measure, double wanted, Observed seen, Duration startup, Instant now) {
        List<Reading> each = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (Node node : seen.nodes()) {
            each.add(reading(measure, node, startup, now, notes));
        }
        for (int expected = seen.nodes().size(); expected < seen.size(); expected++) {
            each.add(new Starting());
        }
        return new Readings(bounded(each, wanted, notes), String.join("; ", notes));
    }

    long known() {
        return each.stream().filter(Known.class::isInstance).count();
    }

    private static Reading reading(Measure measure, Node node, Duration startup, Instant now, List<String> notes) {
        Heard heard = node.report().orElse(null);
        if (!node.serving()) {
            return new Starting();
        }
        if (heard == null || heard.isStale(now)) {
            notes.add(node.member()
                    + (heard == null ? " has reported nothing" : " has not reported since " + heard.at()));
            return new Missing();
        }
        Double value = heard.report().values().get(measure.metric());
        if (value == null || !isPossible(measure, value)) {
            notes.add(node.member() + " says " + (value == null ? "nothing of it" : value + ", which cannot be"));
            return new Missing();
        }
        boolean processors = measure == Measure.CPU || measure == Measure.MACHINE_CPU;
        return processors && heard.report().up().compareTo(startup) < 0 ? new Starting() : new Known(value);
    }

    private static boolean isPossible(Measure measure, double value) {
        return value >= 0
                && switch (measure.unit()) {
                    case SHARE -> value <= SHARE_MAX;
                    case AMOUNT -> value <= AMOUNT_MAX;
                };
    }

    private static List<Reading> bounded(List<Reading> each, double wanted, List<String> notes) {
        double[] values = each.stream()
                .filter(Known.class::isInstance)
                .mapToDouble(reading -> ((Known) reading).value())
                .sorted()
                .toArray();
        if (values.length < 3) {
            return each;
        }
        double middle = Demand.median(values);
        double most = FAR * (middle > 0 ? middle : wanted > 0 ? wanted : Double.POSITIVE_INFINITY);
        return each.stream()
                .map(reading -> reading instanceof Known(double value)
                        ? new Known(near(value, middle / FAR, most, notes))
                        : reading)
                .toList();
    }

    private static double near(double value, double least, double most, List<String> notes) {
        double bounded = Math.clamp(value, least, most);
        if (value > bounded) {
            notes.add("a node says " + Numbers.shown(value) + ", far from the others, and counts as "
                    + Numbers.shown(bounded));
        }
        return bounded;
    }
}
