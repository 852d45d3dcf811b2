package io.bulwark.scaling;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.LongStream;

/**
 * How many nodes were needed in the past, by what the targets asked for before anything limited them: the peak of each
 * {@link #BUCKET}. Hard: journalled bucket by bucket.
 *
 * @param buckets oldest first, at most {@value #BUCKETS_MAX}
 */
public record Demand(List<Bucket> buckets) {
    /** Over how long a peak is taken. */
    public static final Duration BUCKET = Duration.ofMinutes(5);
    /** Four seasons of the longest season. */
    public static final int BUCKETS_MAX = 4 * 7 * 24 * 12;

    static final int SEASONS = 4;
    static final Demand NONE = new Demand(List.of());

    /**
     * The peak of one stretch.
     *
     * @param index of the bucket, counted from the epoch
     * @param nodes not rounded, 0 or more
     */
    public record Bucket(long index, double nodes) {}

    public Demand {
        buckets = List.copyOf(buckets);
    }

    /** In which bucket an instant lies. */
    static long index(Instant at) {
        return Math.floorDiv(at.toEpochMilli(), BUCKET.toMillis());
    }

    Demand plus(Bucket bucket) {
        List<Bucket> after = new ArrayList<>(buckets);
        after.add(bucket);
        return new Demand(after.size() <= BUCKETS_MAX ? after : after.subList(1, after.size()));
    }

    /**
     * The seasonal naive forecast (Hyndman and Athanasopoulos, Forecasting: principles and practice, 5.2), made robust:
     * the median, over up to four seasons before this one, of the peak between now and as far as is looked.
     *
     * @return in nodes, not rounded; empty while no earlier season was seen
     */
    OptionalDouble forecast(Forecast forecast, Instant now) {
        long season = forecast.season().dividedBy(BUCKET);
        long first = index(now);
        long last = index(now.plus(forecast.ahead()));
        double[] peaks = LongStream.rangeClosed(1, SEASONS)
                .map(k -> k * season)
                .mapToObj(back -> peak(first - back, last - back))
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .sorted()
                .toArray();
        return peaks.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(median(peaks));
    }

    private OptionalDouble peak(long first, long last) {
        return buckets.stream()
                .filter(bucket -> bucket.index() >= first && bucket.index() <= last)
                .mapToDouble(Bucket::nodes)
                .max();
    }

    /** @param sorted one or more */
    static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
