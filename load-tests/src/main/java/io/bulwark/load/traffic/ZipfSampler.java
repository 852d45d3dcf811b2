package io.bulwark.load.traffic;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Draws ranks 0 to n - 1, of which rank k comes with a probability proportional to 1 / (k + 1)^s (Zipf's law): few are
 * drawn often and many seldom, as with the tenants of most services.
 */
public final class ZipfSampler {
    private static final int RANKS_MAX = 10_000_000;

    /** The probability of this rank or a smaller one, times the sum of all. */
    private final double[] cumulative;

    /**
     * @param ranks n, 1 to 10,000,000
     * @param exponent s, 0 or more; 0 draws all ranks equally often
     */
    public ZipfSampler(int ranks, double exponent) {
        if (ranks < 1 || ranks > RANKS_MAX) {
            throw new IllegalArgumentException(ranks + " ranks: expected 1 to " + RANKS_MAX);
        }
        if (!(exponent >= 0) || Double.isInfinite(exponent)) {
            throw new IllegalArgumentException("The exponent is " + exponent + ": expected 0 or more");
        }
        cumulative = new double[ranks];
        double sum = 0;
        for (int rank = 0; rank < ranks; rank++) {
            sum += Math.pow(rank + 1.0, -exponent);
            cumulative[rank] = sum;
        }
    }

    /** The next rank. */
    public int sample(RandomGenerator random) {
        double point = random.nextDouble() * cumulative[cumulative.length - 1];
        int found = Arrays.binarySearch(cumulative, point);
        return Math.min(found < 0 ? -found - 1 : found + 1, cumulative.length - 1);
    }

    /** How likely a rank is, 0 to 1. */
    public double probability(int rank) {
        double below = rank == 0 ? 0 : cumulative[rank - 1];
        return (cumulative[rank] - below) / cumulative[cumulative.length - 1];
    }
}
