package io.bulwark.scaling;

/**
 * What a metric should be on each node, on average; of a custom metric, its whole divided by the nodes.
 *
 * @param average above 0 and finite, in the metric's own unit; a share is 1 at most
 */
public record Target(MetricName metric, double average) {
    public Target {
        boolean share =
                metric.measure().filter(it -> it.unit() == Measure.Unit.SHARE).isPresent();
        if (!(average > 0) || Double.isInfinite(average) || (share && average > 1)) {
            throw new IllegalArgumentException("targets: " + metric + " is to be " + average
                    + ": expected a number above 0" + (share ? ", and 1 at most, such as 0.7" : ""));
        }
    }

    /**
     * What a node that says nothing counts as where there would be fewer nodes: all that it has, as the autoscaler of
     * Kubernetes has it for resources, and what it should be for all else.
     */
    double assumedAtLeast() {
        boolean share =
                metric.measure().filter(it -> it.unit() == Measure.Unit.SHARE).isPresent();
        return share ? Math.max(1, average) : average;
    }
}
