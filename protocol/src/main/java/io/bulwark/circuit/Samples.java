package io.bulwark.circuit;

import java.time.Instant;
import java.util.Arrays;

/**
 * How the calls of the last window ended: an immutable ring of {@value #SLOTS} slots. The window looks back over the
 * slot of now and the nine before it, so over nine tenths of its length at least.
 */
final class Samples {
    static final int SLOTS = 10;
    static final Samples EMPTY = new Samples(0, 0, new int[0], Circuit.Counts.NONE);

    private static final int FIELDS = 3;

    private final long slotMillis;
    private final long newest;
    /** Calls, failures and slow calls of each slot; slot number modulo ten. */
    private final int[] ring;

    private final Circuit.Counts total;

    private Samples(long slotMillis, long newest, int[] ring, Circuit.Counts total) {
        this.slotMillis = slotMillis;
        this.newest = newest;
        this.ring = ring;
        this.total = total;
    }

    /** With one more call; samples that were taken with another window are dropped. */
    Samples plus(CircuitPolicy.Trip trip, boolean failed, boolean slow, Instant now) {
        long length = slotMillis(trip);
        long slot = slotOf(now, length);
        Samples base =
                length == slotMillis ? this : new Samples(length, slot, new int[SLOTS * FIELDS], Circuit.Counts.NONE);
        slot = Math.max(slot, base.newest);
        int[] next = base.ring.clone();
        Circuit.Counts kept = base.kept(slot);
        base.clear(next, slot);
        int at = index(slot);
        next[at]++;
        next[at + 1] += failed ? 1 : 0;
        next[at + 2] += slow ? 1 : 0;
        return new Samples(length, slot, next, kept.plus(failed, slow));
    }

    /** What the window that ends now holds. */
    Circuit.Counts counts(CircuitPolicy.Trip trip, Instant now) {
        long length = slotMillis(trip);
        return length == slotMillis ? kept(slotOf(now, length)) : Circuit.Counts.NONE;
    }

    private Circuit.Counts kept(long slot) {
        if (slot <= newest) {
            return total;
        }
        long calls = 0;
        long failures = 0;
        long slow = 0;
        for (long s = slot - SLOTS + 1; s <= newest; s++) {
            calls += ring[index(s)];
            failures += ring[index(s) + 1];
            slow += ring[index(s) + 2];
        }
        return new Circuit.Counts(calls, failures, slow);
    }

    /** Empties the slots between the newest and this one, and this one. */
    private void clear(int[] next, long slot) {
        for (long s = Math.max(newest + 1, slot - SLOTS + 1); s <= slot; s++) {
            Arrays.fill(next, index(s), index(s) + FIELDS, 0);
        }
    }

    private static int index(long slot) {
        return (int) Math.floorMod(slot, (long) SLOTS) * FIELDS;
    }

    private static long slotMillis(CircuitPolicy.Trip trip) {
        return Math.ceilDiv(trip.window().toMillis(), SLOTS);
    }

    private static long slotOf(Instant now, long slotMillis) {
        return Math.floorDiv(now.toEpochMilli(), slotMillis);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Samples samples
                && slotMillis == samples.slotMillis
                && newest == samples.newest
                && Arrays.equals(ring, samples.ring);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ring) * 31 + Long.hashCode(newest);
    }

    @Override
    public String toString() {
        return "Samples[" + total + ", newest slot " + newest + " of " + slotMillis + " ms]";
    }
}
