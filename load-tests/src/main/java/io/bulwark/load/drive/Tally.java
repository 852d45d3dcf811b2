package io.bulwark.load.drive;

import io.bulwark.load.result.Second;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Counts what ended in the measured time and how long it took. Calls are counted for the second for which they were
 * meant; the rate counts right calls by the moment of their end, so that a backlog worked off later adds nothing to it.
 * For one thread, so a plain histogram does.
 */
final class Tally {
    private static final long SECOND = 1_000_000_000;
    private static final int STATUS_MAX = 999;
    /** How long after its end a second is shown, with what has ended by then. */
    private static final long SHOWN_AFTER = SECOND;

    private final long begin;
    private final long end;
    private final long settledAfter;
    private final Consumer<Second> live;
    private final Histogram latencies = histogram(3);
    private final long[] statuses = new long[STATUS_MAX + 1];
    private final Deque<OpenSecond> open = new ArrayDeque<>();
    private final List<Second> settled = new ArrayList<>();
    private long rightInTime;
    private long failed;
    private int shown;

    /**
     * @param begin of what counts
     * @param end of it
     * @param answerWithin after which no call of a second is left
     */
    Tally(long begin, long end, Duration answerWithin, Consumer<Second> live) {
        this.begin = begin;
        this.end = end;
        this.settledAfter = answerWithin.toNanos() + 2 * SECOND;
        this.live = live;
    }

    /** An answer came; a call may have several. */
    void answer(int status, long intended) {
        if (isMeasured(intended)) {
            statuses[Math.clamp(status, 0, STATUS_MAX)]++;
        }
    }

    /** A call ended. */
    void ended(long intended, long ended, boolean right) {
        if (right && isMeasured(ended)) {
            rightInTime++;
        }
        if (isMeasured(intended)) {
            long micros = Math.max(0, (ended - intended) / 1000);
            latencies.recordValue(Math.min(micros, latencies.getHighestTrackableValue()));
            failed += right ? 0 : 1;
            second((int) ((intended - begin) / SECOND)).add(micros, right);
        }
    }

    /** Shows seconds that are over, and lets go of those in which nothing can change any more. */
    void tick(long now) {
        long over = (Math.min(now, end + SHOWN_AFTER) - begin - SHOWN_AFTER) / SECOND;
        while (shown < over) {
            live.accept(second(shown).asSecond());
            shown++;
        }
        while (!open.isEmpty() && shown > open.getFirst().at && isSettled(open.getFirst(), now)) {
            settled.add(open.removeFirst().asSecond());
        }
    }

    /** What came of it; once, when all calls have ended. */
    Measured measured() {
        second((int) Math.max(0, (end - begin - 1) / SECOND));
        open.forEach(second -> settled.add(second.asSecond()));
        settled.subList(Math.min(shown, settled.size()), settled.size()).forEach(live);
        Map<Integer, Long> byStatus = new TreeMap<>();
        for (int status = 0; status < statuses.length; status++) {
            if (statuses[status] > 0) {
                byStatus.put(status, statuses[status]);
            }
        }
        double perSecond = rightInTime / ((end - begin) / (double) SECOND);
        return new Measured(latencies, failed, byStatus, perSecond, settled);
    }

    private boolean isMeasured(long moment) {
        return moment - begin >= 0 && moment - end < 0;
    }

    private boolean isSettled(OpenSecond second, long now) {
        return now - begin - (second.at + 1L) * SECOND - settledAfter > 0;
    }

    /** Seconds are opened in order, also those without a call. */
    private OpenSecond second(int at) {
        int next = settled.size() + open.size();
        for (int i = next; i <= at; i++) {
            open.addLast(new OpenSecond(i));
        }
        OpenSecond last = open.getLast();
        return last.at == at
                ? last
                : open.stream().filter(second -> second.at == at).findFirst().orElseThrow();
    }

    private static Histogram histogram(int digits) {
        return new Histogram(1, Duration.ofMinutes(20).toNanos() / 1000, digits);
    }

    private static final class OpenSecond {
        private final int at;
        private final Histogram latencies = histogram(2);
        private long failed;

        OpenSecond(int at) {
            this.at = at;
        }

        void add(long micros, boolean right) {
            latencies.recordValue(Math.min(micros, latencies.getHighestTrackableValue()));
            failed += right ? 0 : 1;
        }

        Second asSecond() {
            return new Second(
                    at,
                    latencies.getTotalCount(),
                    failed,
                    latencies.getValueAtPercentile(50) / 1000.0,
                    latencies.getValueAtPercentile(99) / 1000.0,
                    latencies.getMaxValue() / 1000.0,
                    Map.of());
        }
    }
}
