package io.bulwark.load.scenario;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * How many nodes there were while a load rose and fell. Times are in seconds since the load began.
 *
 * @param samples in order
 * @param riseAt when the load rose
 * @param fallAt when it fell again
 * @param most how many nodes it took in between
 */
record ScalingCourse(List<Sample> samples, double riseAt, double fallAt, int most) {
    /**
     * What was seen at one time.
     *
     * @param needed how many nodes the load takes
     * @param members of the cluster, also those that come or leave
     * @param ready nodes that say that they are
     * @param desired how many there are to be, by the last decision
     */
    record Sample(double at, int needed, int members, int ready, int desired) {}

    ScalingCourse {
        samples = List.copyOf(samples);
    }

    /** From the rise until as many nodes were to be as it takes. */
    OptionalDouble decidedUp() {
        return from(riseAt, sample -> sample.desired() >= most);
    }

    /** From the rise until as many nodes were ready. */
    OptionalDouble readyUp() {
        return from(riseAt, sample -> sample.ready() >= most);
    }

    /** From the fall until fewer nodes were to be than it took. */
    OptionalDouble decidedDown() {
        return from(fallAt, sample -> sample.desired() < most);
    }

    /** From the fall until there was one node and no other that leaves. */
    OptionalDouble backToOne() {
        return from(fallAt, sample -> sample.members() == 1);
    }

    private OptionalDouble from(double begin, Predicate<Sample> condition) {
        return samples.stream()
                .filter(sample -> sample.at() >= begin && condition.test(sample))
                .mapToDouble(sample -> sample.at() - begin)
                .findFirst();
    }

    /** The largest number of nodes that were ready at the same time. */
    int mostReady() {
        return samples.stream().mapToInt(Sample::ready).max().orElse(0);
    }

    /** Node-seconds for which more nodes were ready than the load took. */
    double over() {
        return provisioned(1);
    }

    /** Node-seconds for which fewer nodes were ready than the load took. */
    double under() {
        return provisioned(-1);
    }

    /** Each sample holds until the next one. */
    private double provisioned(int sign) {
        double sum = 0;
        for (int i = 0; i + 1 < samples.size(); i++) {
            Sample sample = samples.get(i);
            double lasting = samples.get(i + 1).at() - sample.at();
            sum += Math.max(0, sign * (sample.ready() - sample.needed())) * lasting;
        }
        return sum;
    }
}
