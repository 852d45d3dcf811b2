package io.bulwark.load.result;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Where values lie between the two ends of a chart.
 *
 * @param low at 0
 * @param high at 1; more than {@code low}
 * @param logarithmic whether equal ratios, instead of equal differences, are equally far apart
 * @param ticks values to be named, in order, none outside
 */
record Axis(double low, double high, boolean logarithmic, List<Double> ticks) {
    private static final int STEPS_MAX = 5;
    private static final int TIMES_MAX = 8;
    /** Beyond this ratio a linear axis would press most of what there is to see into its lowest lines. */
    private static final double SPREAD = 25;

    private static final int[] TIME_STEPS = {
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400
    };

    Axis {
        ticks = List.copyOf(ticks);
    }

    /** For latencies: from zero as long as the usual ones can still be seen beside the largest, else logarithmic. */
    static Axis ofLatencies(double usual, double largest) {
        return usual > 0 && largest > SPREAD * usual ? logarithmic(usual / 2, largest) : fromZero(largest);
    }

    /** From zero to a round number above the largest value. */
    static Axis fromZero(double largest) {
        double step = roundStep(largest / STEPS_MAX);
        int steps = Math.max(1, (int) Math.ceil(largest / step - 1e-9));
        return new Axis(
                0,
                steps * step,
                false,
                IntStream.rangeClosed(0, steps).mapToObj(i -> i * step).toList());
    }

    /** For seconds since the beginning: ends where the run ends. */
    static Axis ofTime(double seconds) {
        double end = Math.max(1, seconds);
        int step = IntStream.of(TIME_STEPS)
                .filter(candidate -> end / candidate <= TIMES_MAX)
                .findFirst()
                .orElse((int) Math.ceil(end / TIMES_MAX));
        return new Axis(
                0,
                end,
                false,
                IntStream.rangeClosed(0, (int) (end / step))
                        .mapToObj(i -> (double) i * step)
                        .toList());
    }

    private static Axis logarithmic(double smallest, double largest) {
        double low = Math.pow(10, Math.floor(Math.log10(smallest)));
        double high = roundStep(largest);
        List<Double> ticks = new ArrayList<>();
        for (double tick = low; tick <= high * 1.001; tick *= 10) {
            ticks.add(tick);
        }
        return new Axis(low, high, true, ticks);
    }

    /** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below. */
    private static double roundStep(double least) {
        if (!(least > 0)) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        return DoubleStream.of(1, 2, 2.5, 5, 10)
                .map(factor -> factor * power)
                .filter(step -> step >= least * (1 - 1e-9))
                .findFirst()
                .orElse(10 * power);
    }

    /** 0 for the low end, 1 for the high one; what lies outside is put at the nearer end. */
    double at(double value) {
        double share = logarithmic
                ? Math.log10(Math.max(value, low) / low) / Math.log10(high / low)
                : (value - low) / (high - low);
        return Math.clamp(share, 0.0, 1.0);
    }
}
