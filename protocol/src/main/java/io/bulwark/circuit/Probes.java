package io.bulwark.circuit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The probes of one half-open phase.
 *
 * @param out those that are leased, in the order in which they were handed out
 * @param successes how many have succeeded
 * @param slow how many of those were slow
 */
record Probes(List<Probe> out, int successes, int slow) {
    static final Probes NONE = new Probes(List.of(), 0, 0);

    Probes {
        out = List.copyOf(out);
    }

    /** A call that is to tell whether the service is back; counted only before this instant. */
    record Probe(long permit, Instant until) {
        boolean isLeasedAt(Instant now) {
            return now.isBefore(until);
        }
    }

    int count() {
        return out.size();
    }

    boolean isLeased(long permit, Instant now) {
        for (Probe probe : out) {
            if (probe.permit == permit) {
                return probe.isLeasedAt(now);
            }
        }
        return false;
    }

    /** Without those whose lease has run out. */
    Probes leasedAt(Instant now) {
        List<Probe> leased = new ArrayList<>(out.size());
        for (Probe probe : out) {
            if (probe.isLeasedAt(now)) {
                leased.add(probe);
            }
        }
        return leased.size() == out.size() ? this : new Probes(leased, successes, slow);
    }

    /** Until the first lease of those that are out runs out. */
    Duration firstLapse(Instant now) {
        Instant first = out.getFirst().until;
        for (Probe probe : out) {
            first = probe.until.isBefore(first) ? probe.until : first;
        }
        return Duration.between(now, first);
    }

    Probes plus(long permit, Instant until) {
        List<Probe> more = new ArrayList<>(out);
        more.add(new Probe(permit, until));
        return new Probes(more, successes, slow);
    }

    Probes without(long permit) {
        List<Probe> rest = new ArrayList<>(out.size());
        for (Probe probe : out) {
            if (probe.permit != permit) {
                rest.add(probe);
            }
        }
        return rest.size() == out.size() ? this : new Probes(rest, successes, slow);
    }

    Probes succeeded(long permit, boolean slowly) {
        return new Probes(without(permit).out, successes + 1, slow + (slowly ? 1 : 0));
    }
}
