package io.bulwark.load.scenario;

import io.bulwark.load.cluster.ScalingCluster;
import io.bulwark.load.cluster.ScalingView;
import io.bulwark.load.scenario.ScalingCourse.Sample;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Looks at how many nodes there are and are to be, and keeps what it saw; each look is a reading of gauges. */
final class ScalingWatch implements Supplier<Map<String, Double>> {
    private final Autoscale run;
    private final ScalingCluster cluster;
    private final long beginNanos;
    private final List<Sample> samples = new CopyOnWriteArrayList<>();
    private final Set<String> troubles = new ConcurrentSkipListSet<>();

    /** @param beginNanos of {@link System#nanoTime}, when the load begins */
    ScalingWatch(Autoscale run, ScalingCluster cluster, long beginNanos) {
        this.run = run;
        this.cluster = cluster;
        this.beginNanos = beginNanos;
    }

    @Override
    public Map<String, Double> get() {
        ScalingView scaling = cluster.scaling();
        int members = cluster.members().members().size();
        int ready = cluster.ready();
        cluster.started().look();
        Duration time = time();
        Sample sample = new Sample(time.toNanos() / 1e9, run.needed(time), members, ready, scaling.desired());
        samples.add(sample);
        if (!scaling.trouble().isEmpty()) {
            troubles.add(scaling.trouble());
        }
        return Map.of(
                "nodesNeeded", (double) sample.needed(),
                "nodesReady", (double) ready,
                "nodesInTheCluster", (double) members,
                "nodesDesired", (double) scaling.desired(),
                "nodesRecommended", (double) scaling.recommended());
    }

    long beginNanos() {
        return beginNanos;
    }

    /** Since the load began. */
    Duration time() {
        return Duration.ofNanos(System.nanoTime() - beginNanos);
    }

    /** Whether the cluster had one node when it was looked at last. */
    boolean isBackToOne() {
        return !samples.isEmpty() && samples.getLast().members() == 1;
    }

    /** What kept the target from doing what it was asked, as often as it was another sentence. */
    List<String> troubles() {
        return List.copyOf(troubles);
    }

    ScalingCourse course() {
        return new ScalingCourse(
                samples, seconds(run.steps().beginOf(1)), seconds(run.steps().beginOf(2)), Autoscale.NODES);
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
