package io.bulwark.scaling;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.scaling.Autoscaler.Evaluation;
import io.bulwark.scaling.Observed.Custom;
import io.bulwark.scaling.Observed.Heard;
import io.bulwark.scaling.Observed.Node;
import io.bulwark.wire.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A cluster of which each part is set by hand, and the coordinator's evaluations of it. */
final class ScalingRig {
    static final Instant START = Instant.parse("2026-11-27T12:00:00Z");

    ScalingState state;

    Watch watch = Watch.NONE;
    Instant now = START;
    int size;
    final List<Node> nodes = new ArrayList<>();
    final Map<String, Custom> custom = new HashMap<>();
    /** All that was journalled. */
    final List<ScalingEvent> journal = new ArrayList<>();

    /** @param policy in JSON, with single quotes */
    ScalingRig(String policy) {
        state = ScalingState.EMPTY.apply(new ScalingEvent.PolicyPut(1, Json.read(policy, ScalingPolicy.class)));
    }

    /** As many nodes as values, each of which reports its own now and serves since long. */
    ScalingRig says(String metric, double... values) {
        nodes.clear();
        size = values.length;
        for (double value : values) {
            nodes.add(node(nodes.size(), Map.of(metric, value), now));
        }
        return this;
    }

    /** Replaces what a node says. */
    ScalingRig node(int index, Map<String, Double> values, Instant heard, Duration up, boolean serving) {
        MemberAddress member = member(index);
        Heard report = new Heard(new LoadReport(member, heard, up, values), heard);
        Node node = new Node(member, serving, Optional.of(report));
        if (index < nodes.size()) {
            nodes.set(index, node);
        } else {
            nodes.add(node);
        }
        return this;
    }

    /** Of this node nothing has ever been heard. */
    ScalingRig silent(int index) {
        nodes.set(index, new Node(member(index), true, Optional.empty()));
        return this;
    }

    ScalingRig custom(String metric, double value, Duration validFor) {
        custom.put(metric, new Custom(value, now.plus(validFor)));
        return this;
    }

    ScalingRig after(Duration time) {
        now = now.plus(time);
        return this;
    }

    /** Evaluates and journals; the cluster stays as it is. */
    Evaluation evaluate() {
        Evaluation evaluation = Autoscaler.evaluate(state, watch, new Observed(size, nodes, custom), now);
        evaluation.events().forEach(this::apply);
        watch = evaluation.watch();
        return evaluation;
    }

    void apply(ScalingEvent event) {
        journal.add(event);
        state = state.apply(event);
    }

    /** Declares an emergency from now on. */
    ScalingRig emergency(int nodes, boolean force, Duration lasting) {
        apply(new ScalingEvent.EmergencyDeclared(
                new Emergency(nodes, force, "the fair begins", now, now.plus(lasting))));
        return this;
    }

    /** The next coordinator: only what is journalled is left. */
    ScalingRig restarted() {
        watch = Watch.NONE;
        state = Json.throughCbor(state, ScalingState.class);
        return this;
    }

    static List<Decision> decisions(List<ScalingEvent> events) {
        return events.stream()
                .filter(ScalingEvent.Decided.class::isInstance)
                .map(event -> ((ScalingEvent.Decided) event).decision())
                .toList();
    }

    static MemberAddress member(int index) {
        return new MemberAddress("10.0.0." + (index + 1), 25520);
    }

    static Node node(int index, Map<String, Double> values, Instant heard) {
        MemberAddress member = member(index);
        return new Node(
                member,
                true,
                Optional.of(new Heard(new LoadReport(member, heard, Duration.ofHours(1), values), heard)));
    }
}
