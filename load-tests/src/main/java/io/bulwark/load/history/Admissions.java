package io.bulwark.load.history;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a limit promises to somebody who sees only when each admission was asked for and when it came.
 *
 * <p>The decision fell somewhere between the two instants. Every admission that was asked for at {@code s} or later and
 * had come by {@code e} was decided within {@code [s, e]}, so there may be no more of those than the limit gives in
 * that time; the check looks at every pair of such instants.
 */
public final class Admissions {
    private Admissions() {}

    /** One thing that was admitted, of cost 1, on the clock of {@link System#nanoTime}. */
    public record Admission(long startNanos, long endNanos) {}

    /**
     * Looks for a span of time in which more was admitted than capacity + span × rate: the promise of a token bucket
     * (ITU-T I.371).
     *
     * @param capacity what may be admitted at once
     * @param perSecond what comes back in a second
     * @return a sentence about the worst span, or nothing when the promise is kept
     */
    public static Optional<String> beyondBucket(List<Admission> admissions, long capacity, double perSecond) {
        return IntStream.range(0, admissions.size())
                .mapToObj(i -> worstFrom(admissions.get(i).startNanos(), admissions, capacity, perSecond))
                .flatMap(Optional::stream)
                .max((a, b) -> Double.compare(a.excess(), b.excess()))
                .map(Excess::sentence);
    }

    /**
     * The same for a {@code soft} bucket whose owner changed, which promises less. Every handover may find a fresh
     * bucket, and so give one capacity more. While a guard cannot be asked, every other node may admit by itself: one
     * more capacity for each such time, and for its length the rate once more, since the cut-off guard and the nodes
     * beyond the cut both refill.
     *
     * @param handovers how often the guard may have started afresh
     * @param standIns how often nodes may have stood in for it
     */
    public static Optional<String> beyondSoftBucket(
            List<Admission> admissions, long capacity, double perSecond, int handovers, int standIns) {
        double rate = standIns == 0 ? perSecond : 2 * perSecond;
        return beyondBucket(admissions, capacity * (1L + handovers + standIns), rate);
    }

    private static Optional<Excess> worstFrom(
            long startNanos, List<Admission> admissions, long capacity, double perSecond) {
        long[] ends = admissions.stream()
                .filter(admission -> admission.startNanos() >= startNanos)
                .mapToLong(Admission::endNanos)
                .sorted()
                .toArray();
        return IntStream.range(0, ends.length)
                .mapToObj(i -> new Excess(i + 1L, ends[i] - startNanos, capacity, perSecond))
                .filter(excess -> excess.excess() > 0)
                .max((a, b) -> Double.compare(a.excess(), b.excess()));
    }

    private record Excess(long count, long spanNanos, long capacity, double perSecond) {
        double excess() {
            return count - Math.floor(capacity + perSecond * spanNanos / 1e9);
        }

        String sentence() {
            return count + " were admitted within " + spanNanos / 1_000_000 + " ms: expected at most "
                    + (long) (count - excess());
        }
    }
}
