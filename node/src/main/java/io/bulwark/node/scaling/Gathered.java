package io.bulwark.node.scaling;

import io.bulwark.cluster.ClusterView;
import io.bulwark.cluster.ClusterView.Member;
import io.bulwark.scaling.LoadReport;
import io.bulwark.scaling.MetricName;
import io.bulwark.scaling.Observed;
import io.bulwark.scaling.Observed.Custom;
import io.bulwark.scaling.Observed.Heard;
import io.bulwark.scaling.Observed.Node;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What nodes and clients said last. Soft: a coordinator that has just started hears it within one report interval, and
 * custom metrics when their clients say them again.
 */
final class Gathered {
    /** How many custom metrics are kept. */
    static final int CUSTOM_MAX = 64;
    /** More members than this are not planned for; what they say is not kept. */
    private static final int MEMBERS_MAX = 1_000;

    private final Map<String, Heard> reports = new HashMap<>();
    private final Map<String, Custom> custom = new HashMap<>();

    void heard(LoadReport report, Instant now) {
        String member = report.member().toString();
        if (reports.size() < MEMBERS_MAX || reports.containsKey(member)) {
            reports.put(member, new Heard(report, now));
        }
    }

    /** @return whether there was room */
    boolean reported(MetricName metric, double value, Instant until) {
        if (custom.size() >= CUSTOM_MAX && !custom.containsKey(metric.value())) {
            return false;
        }
        custom.put(metric.value(), new Custom(value, until));
        return true;
    }

    /** Whether every member that serves has reported, and one has at least. */
    boolean isComplete(ClusterView view) {
        return !reports.isEmpty()
                && Staying.of(view).stream()
                        .filter(Staying::serves)
                        .allMatch(member -> reports.containsKey(member.address().toString()));
    }

    /** What is known now; forgets members that are gone. */
    Observed observed(int size, ClusterView view) {
        List<Member> staying = Staying.of(view);
        Set<String> addresses =
                staying.stream().map(member -> member.address().toString()).collect(Collectors.toSet());
        reports.keySet().retainAll(addresses);
        return new Observed(
                Math.max(1, size),
                staying.stream()
                        .map(member -> new Node(
                                member.address(),
                                Staying.serves(member),
                                Optional.ofNullable(reports.get(member.address().toString()))))
                        .toList(),
                custom);
    }

    /** What the members reported last, by address. */
    Map<String, Map<String, Double>> shown() {
        return reports.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().report().values()));
    }
}
