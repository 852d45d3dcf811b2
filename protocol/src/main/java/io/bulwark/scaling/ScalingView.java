package io.bulwark.scaling;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.wire.CborMessage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the scaling coordinator last said of itself; every node has a copy, which is served while there is no coordinator
 * too.
 *
 * @param coordinator where it lived then
 * @param journal how many events it had journalled: of two views the one with more is the later one
 * @param version of the policy; 0 while nobody has put one
 * @param target what carries decisions out
 * @param trouble why the target did not do what it was asked, or cannot be asked; absent when nothing is wrong
 * @param outlook of the last evaluation; absent before the first
 * @param desired how many nodes were last decided; 0 while nothing was
 * @param reports what the members last reported, by address
 * @param decisions the latest {@value #DECISIONS_MAX}, oldest first
 */
public record ScalingView(
        MemberAddress coordinator,
        long journal,
        Instant at,
        long version,
        ScalingPolicy policy,
        String target,
        Optional<String> trouble,
        Optional<Outlook> outlook,
        int desired,
        Optional<Emergency> emergency,
        Map<String, Map<String, Double>> reports,
        List<Decision> decisions)
        implements CborMessage {
    /** How many decisions a view carries; the others are asked for. */
    public static final int DECISIONS_MAX = 20;

    public ScalingView {
        reports = Map.copyOf(reports);
        decisions = List.copyOf(decisions);
    }

    /** Whether this says more than the other: views overtake each other, and a former coordinator may send one late. */
    public boolean isLaterThan(ScalingView other) {
        return journal != other.journal ? journal > other.journal : at.isAfter(other.at);
    }
}
