package io.bulwark.scaling;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.grammar.Ranges;
import io.bulwark.wire.CborMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * What a node says about itself every few seconds. Soft: what is lost is made up for by the next one.
 *
 * @param member that says so
 * @param at its clock
 * @param up for how long it has been serving; zero while it does not yet
 * @param values by the name of the {@link Measure}; what a newer node measures beside them is not looked at
 */
public record LoadReport(MemberAddress member, Instant at, Duration up, Map<String, Double> values)
        implements CborMessage {
    /** The most values of one report. */
    public static final int VALUES_MAX = 64;

    public LoadReport {
        values = Map.copyOf(values);
        Ranges.check("values (how many)", values.size(), 0, VALUES_MAX);
    }
}
