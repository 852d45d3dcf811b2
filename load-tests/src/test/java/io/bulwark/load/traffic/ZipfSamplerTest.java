package io.bulwark.load.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZipfSamplerTest {
    private static final int DRAWS = 200_000;

    /** Pearson's test: the sum is around the number of ranks, with a deviation of the root of twice that. */
    @ParameterizedTest
    @CsvSource({"1,1", "2,0", "64,0", "64,1", "64,0.7", "1000,1.2", "1000,2"})
    void sample_manyDraws_areDistributedAsTheLawSays(int ranks, double exponent) {
        ZipfSampler sampler = new ZipfSampler(ranks, exponent);
        SplittableRandom random = new SplittableRandom(42);
        int[] seen = new int[ranks];
        for (int i = 0; i < DRAWS; i++) {
            seen[sampler.sample(random)]++;
        }
        int[] often = IntStream.range(0, ranks)
                .filter(rank -> sampler.probability(rank) * DRAWS >= 20)
                .toArray();
        double sum = 0;
        for (int rank : often) {
            double expected = sampler.probability(rank) * DRAWS;
            sum += (seen[rank] - expected) * (seen[rank] - expected) / expected;
        }
        assertThat(often).isNotEmpty();
        assertThat(sum).isLessThan(often.length + 5 * Math.sqrt(2.0 * often.length));
    }

    @ParameterizedTest
    @CsvSource({"64,1,3", "64,0,1", "100,2,16"})
    void probability_ofRanks_fallsByThePowerAndSumsToOne(int ranks, double exponent, double first) {
        ZipfSampler sampler = new ZipfSampler(ranks, exponent);
        double third = sampler.probability((int) Math.pow(first, 1 / Math.max(exponent, 1)) - 1);
        assertThat(sampler.probability(0) / third).isCloseTo(exponent == 0 ? 1 : first, within(1e-9));
        assertThat(IntStream.range(0, ranks).mapToDouble(sampler::probability).sum())
                .isCloseTo(1, within(1e-9));
    }

    @Test
    void sample_sameSeed_drawsTheSame() {
        ZipfSampler sampler = new ZipfSampler(1000, 1);
        assertThat(draws(sampler, 7)).isEqualTo(draws(sampler, 7)).isNotEqualTo(draws(sampler, 8));
    }

    private static int[] draws(ZipfSampler sampler, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return IntStream.range(0, 100).map(i -> sampler.sample(random)).toArray();
    }

    @ParameterizedTest
    @CsvSource({"0,1", "-1,1", "10000001,1", "5,-0.1", "5,NaN", "5,Infinity"})
    void new_outOfRange_isRefused(int ranks, double exponent) {
        assertThatThrownBy(() -> new ZipfSampler(ranks, exponent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }
}
