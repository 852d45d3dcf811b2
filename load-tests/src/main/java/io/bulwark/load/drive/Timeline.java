package io.bulwark.load.drive;

import io.bulwark.load.result.Second;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/** Calls sorted into the seconds in which they were due, for many threads; one thread begins them, in order. */
final class Timeline {
    private static final int DIGITS_OF_A_SECOND = 2;
    private static final int DIGITS_OF_ALL = 3;

    private final List<Bucket> buckets = new ArrayList<>();
    private final Histogram latencies = new SynchronizedHistogram(DIGITS_OF_ALL);

    /** Counts one more call that is due in this second; gives where to say how it ended. */
    Bucket begin(int second) {
        while (buckets.size() <= second) {
            buckets.add(new Bucket());
        }
        Bucket bucket = buckets.get(second);
        bucket.calls.incrementAndGet();
        return bucket;
    }

    /** As far as its calls have ended. */
    Second second(int at) {
        return buckets.get(at).second(at);
    }

    List<Second> seconds() {
        List<Second> seconds = new ArrayList<>();
        buckets.forEach(bucket -> seconds.add(bucket.second(seconds.size())));
        return seconds;
    }

    long calls() {
        return buckets.stream().mapToLong(bucket -> bucket.calls.get()).sum();
    }

    long failed() {
        return buckets.stream().mapToLong(bucket -> bucket.failed.get()).sum();
    }

    /** In microseconds, of everything that ended. */
    Histogram latencies() {
        return latencies.copy();
    }

    /** One second. */
    final class Bucket {
        private final AtomicLong calls = new AtomicLong();
        private final AtomicLong failed = new AtomicLong();
        private final Histogram ofSecond = new SynchronizedHistogram(DIGITS_OF_A_SECOND);

        /** @param nanos since it was due */
        void ended(boolean right, long nanos) {
            long micros = Math.max(1, TimeUnit.NANOSECONDS.toMicros(nanos));
            ofSecond.recordValue(micros);
            latencies.recordValue(micros);
            if (!right) {
                failed.incrementAndGet();
            }
        }

        private Second second(int at) {
            return new Second(
                    at,
                    calls.get(),
                    failed.get(),
                    ofSecond.getValueAtPercentile(50) / 1e3,
                    ofSecond.getValueAtPercentile(99) / 1e3,
                    ofSecond.getMaxValue() / 1e3,
                    Map.of());
        }
    }
}
