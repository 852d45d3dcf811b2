package io.bulwark.load.drive;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A rate that changes at given moments: each step lasts its time, the last one for ever.
 *
 * @param all in order; 1 or more
 */
public record Steps(List<Step> all) {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * So many a second, evenly spaced, for so long.
     *
     * @param perSecond 1 or more
     * @param lasting more than zero; of the last step it says nothing
     */
    public record Step(int perSecond, Duration lasting) {
        public Step {
            if (perSecond < 1 || !lasting.isPositive()) {
                throw new IllegalArgumentException("perSecond is " + perSecond + " and lasting " + lasting
                        + ": expected 1 or more, and a time of more than zero");
            }
        }

        /** How many begin in it; the last of them may be due a little before its end. */
        private long count() {
            return Math.ceilDiv(lasting.toNanos() * perSecond, SECOND_NANOS);
        }
    }

    public Steps {
        all = List.copyOf(all);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("There is no step: expected 1 or more");
        }
    }

    /** The same rate all the time. */
    public static Steps even(int perSecond) {
        return new Steps(List.of(new Step(perSecond, Duration.ofSeconds(1))));
    }

    /** When the one with this number is due, in nanoseconds since the beginning. */
    public long dueNanos(long number) {
        long left = number;
        long begin = 0;
        for (Step step : all.subList(0, all.size() - 1)) {
            if (left < step.count()) {
                return begin + left * SECOND_NANOS / step.perSecond();
            }
            left -= step.count();
            begin += step.lasting().toNanos();
        }
        return begin + left * SECOND_NANOS / all.getLast().perSecond();
    }

    /** How many begin in a second, at that time since the beginning. */
    public int perSecondAt(Duration time) {
        Duration end = Duration.ZERO;
        for (Step step : all.subList(0, all.size() - 1)) {
            end = end.plus(step.lasting());
            if (time.compareTo(end) < 0) {
                return step.perSecond();
            }
        }
        return all.getLast().perSecond();
    }

    /** When the step with this number, from 0, begins. */
    public Duration beginOf(int step) {
        return all.subList(0, step).stream().map(Step::lasting).reduce(Duration.ZERO, Duration::plus);
    }
}
