package io.bulwark.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What was admitted, and when: checks promises by brute force over every stretch of time, knowing nothing of how a
 * limiter works. An instant before the latest counts as the latest, which is how the limiters read a clock that goes
 * backwards.
 */
public final class Admissions {
    private final List<Instant> times = new ArrayList<>();
    private final List<Long> costs = new ArrayList<>();
    private Instant latest = Instant.MIN;

    /** @return the index of what was spent, for {@link #takeBack} */
    public int spent(Instant at, long cost) {
        latest = at.isAfter(latest) ? at : latest;
        times.add(latest);
        costs.add(cost);
        return times.size() - 1;
    }

    /** What was spent then was never done. */
    void takeBack(int index, long cost) {
        costs.set(index, costs.get(index) - cost);
    }

    public int size() {
        return times.size();
    }

    Instant time(int index) {
        return times.get(index);
    }

    long cost(int index) {
        return costs.get(index);
    }

    /** In any stretch W at most {@code most + refill · W / per}. */
    public void assertAtMostInAnyStretch(long most, long refill, Duration per) {
        BigInteger nanosPer = BigInteger.valueOf(per.toNanos());
        BigInteger burst = BigInteger.valueOf(most).multiply(nanosPer);
        for (int from = 0; from < times.size(); from++) {
            BigInteger sum = BigInteger.ZERO;
            for (int to = from; to < times.size(); to++) {
                sum = sum.add(BigInteger.valueOf(costs.get(to)));
                BigInteger stretch = BigInteger.valueOf(
                        Duration.between(times.get(from), times.get(to)).toNanos());
                BigInteger promised = burst.add(stretch.multiply(BigInteger.valueOf(refill)));
                assertThat(sum.multiply(nanosPer))
                        .as("admitted from %s to %s, times per", times.get(from), times.get(to))
                        .isLessThanOrEqualTo(promised);
            }
        }
    }

    /** In any half-open stretch as long as {@code per} at most so much. */
    public void assertAtMostInAnyWindow(long most, Duration per) {
        for (int i = 0; i < times.size(); i++) {
            Instant end = times.get(i);
            assertThat(between(end.minus(per), end))
                    .as("admitted in the %s up to %s", per, end)
                    .isLessThanOrEqualTo(most);
        }
    }

    /** In each window aligned to the epoch at most so much. */
    public void assertAtMostInEachAlignedWindow(long most, Duration per) {
        BigInteger length = BigInteger.valueOf(per.toNanos());
        for (Instant time : times) {
            BigInteger window = sinceEpoch(time).divide(length);
            long sum = 0;
            for (int i = 0; i < times.size(); i++) {
                sum += sinceEpoch(times.get(i)).divide(length).equals(window) ? costs.get(i) : 0;
            }
            assertThat(sum).as("admitted in window %s", window).isLessThanOrEqualTo(most);
        }
    }

    /** What was admitted after the one instant, up to and with the other. */
    long between(Instant after, Instant upTo) {
        long sum = 0;
        for (int i = 0; i < times.size(); i++) {
            boolean inside = times.get(i).isAfter(after) && !times.get(i).isAfter(upTo);
            sum += inside ? costs.get(i) : 0;
        }
        return sum;
    }

    private static BigInteger sinceEpoch(Instant time) {
        return BigInteger.valueOf(time.getEpochSecond())
                .multiply(BigInteger.valueOf(1_000_000_000))
                .add(BigInteger.valueOf(time.getNano()));
    }
}
