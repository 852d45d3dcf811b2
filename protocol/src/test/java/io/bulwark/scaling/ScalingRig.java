package io.bulwark.scaling;

import io.bulwark.cluster.MemberAddress;
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
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** A coordinator without an actor around it, whose target does at once what it is told. */
final class ScalingRig {
    static final Duration EVERY = Duration.ofSeconds(15);

    ScalingState state = ScalingState.EMPTY;
    Watch watch = Watch.NONE;
    Instant now = Instant.parse("2026-11-26T12:00:00Z");
    int size;
    Map<String, Custom> custom = new HashMap<>();
    final List<ScalingEvent> journal = new ArrayList<>();
    private final Map<Integer, Instant> silentSince = new HashMap<>();

    ScalingRig(String policy, int size) {
        this.size = size;
        put(policy);
    }

    void put(String policy) {
        apply(new ScalingEvent.PolicyPut(state.version() + 1, Json.read(policy, ScalingPolicy.class)));
    }

    void apply(ScalingEvent event) {
        journal.add(event);
        state = state.apply(event);
    }

    /** A node that says nothing from now on. */
    void silence(int node) {
        silentSince.put(node, now);
    }

    /** Evaluates what each node says of a metric, now, and has it carried out. */
    Outlook evaluate(String metric, IntFunction<Double> said) {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            MemberAddress member = new MemberAddress("127.0.0.1", 25_520 + i);
            Instant heardAt = silentSince.getOrDefault(i, now);
            LoadReport report = new LoadReport(member, heardAt, Duration.ofHours(1), Map.of(metric, said.apply(i)));
            nodes.add(new Node(member, true, Optional.of(new Heard(report, heardAt))));
        }
        return evaluate(new Observed(size, nodes, custom));
    }

    Outlook evaluate(Observed seen) {
        Autoscaler.Evaluation evaluation = Autoscaler.evaluate(state, watch, seen, now);
        evaluation.events().forEach(this::apply);
        watch = evaluation.watch();
        Outlook outlook = evaluation.outlook();
        boolean acts = state.emergency().isPresent() || !state.policy().dryRun();
        if (acts && outlook.desired() != size) {
            apply(new ScalingEvent.Resized(now, size, outlook.desired()));
            size = outlook.desired();
        }
        now = now.plus(EVERY);
        return outlook;
    }

    /** The same at every evaluation for a time; the last outlook. */
    Outlook evaluateFor(Duration time, String metric, IntFunction<Double> said) {
        Outlook last = evaluate(metric, said);
        for (Instant end = now.plus(time); now.isBefore(end); ) {
            last = evaluate(metric, said);
        }
        return last;
    }

    /** As if another node had taken over: what is journalled is read again, what is not is gone. */
    void restart() {
        ScalingState read = ScalingState.EMPTY;
        for (ScalingEvent event : journal) {
            read = read.apply(Json.throughCbor(event, ScalingEvent.class));
        }
        state = Json.throughCbor(read, ScalingState.class);
        watch = Watch.NONE;
    }

    List<Decision> decisions() {
        return state.decisions();
    }

    OptionalInt lastTo() {
        return decisions().isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(decisions().getLast().to());
    }
}
