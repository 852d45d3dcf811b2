package io.bulwark.scaling;

import io.bulwark.scaling.Autoscaler.Evaluation;
import io.bulwark.scaling.Observed.Heard;
import io.bulwark.scaling.Observed.Node;
import io.bulwark.wire.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Nodes that share a load, take time to start, and measure with noise; a target that takes time to follow; and the
 * coordinator, which evaluates every 15 s. Every step is checked by {@link ScalingChecker}.
 */
final class SimulatedCluster {
    static final Instant START = Instant.parse("2026-11-23T00:00:00Z");
    static final int TICK_SECONDS = 15;
    /** So much of a node that is fully used is to be used. */
    static final double WANTED = 0.7;

    private static final int FOLLOWS_AFTER_SECONDS = 5;
    private static final int SERVES_AFTER_SECONDS = 40;

    private final SplittableRandom random;
    private final ScalingPolicy policy;
    private final ScalingChecker checker;
    /** When each node of the target began to serve, or will. */
    private final List<Instant> serving = new ArrayList<>();

    private final List<Decision> decisions = new ArrayList<>();
    private ScalingState state;
    private Watch watch = Watch.NONE;
    private Instant now = START;
    private Optional<Integer> ordered = Optional.empty();
    private double noise;
    private int restartsPerThousand;
    private long underSeconds;
    private long overSeconds;

    SimulatedCluster(ScalingPolicy policy, int size, long seed) {
        this.policy = policy;
        random = new SplittableRandom(seed);
        checker = new ScalingChecker(policy, size);
        state = ScalingState.EMPTY.apply(new ScalingEvent.PolicyPut(1, policy));
        for (int i = 0; i < size; i++) {
            serving.add(START.minus(Duration.ofHours(1)));
        }
    }

    /** Each node's measurements are this part of themselves off, at most. */
    SimulatedCluster withNoise(double most) {
        noise = most;
        return this;
    }

    /** So often, of a thousand evaluations, another coordinator goes on with what is journalled. */
    SimulatedCluster withRestarts(int perThousand) {
        restartsPerThousand = perThousand;
        return this;
    }

    void play(LoadCurve curve) {
        long ticks = curve.lasting.toSeconds() / TICK_SECONDS;
        for (long tick = 0; tick < ticks; tick++) {
            step(curve.at(tick * TICK_SECONDS));
        }
    }

    void playSteady(double load, Duration lasting) {
        for (long tick = lasting.toSeconds() / TICK_SECONDS; tick > 0; tick--) {
            step(load);
        }
    }

    List<Decision> decisions() {
        return decisions;
    }

    int size() {
        return serving.size();
    }

    /** Node-seconds in which there were too few or too many nodes that serve. */
    String report() {
        return decisions.size() + " | " + underSeconds + " | " + overSeconds;
    }

    private void step(double load) {
        follow();
        count(load);
        if (random.nextInt(1_000) < restartsPerThousand) {
            watch = Watch.NONE;
            state = Json.throughCbor(state, ScalingState.class);
        }
        Evaluation evaluation = Autoscaler.evaluate(state, watch, new Observed(size(), nodes(load), Map.of()), now);
        for (ScalingEvent event : evaluation.events()) {
            state = state.apply(event);
        }
        watch = evaluation.watch();
        List<Decision> made = ScalingRig.decisions(evaluation.events());
        checker.evaluated(now, evaluation, made);
        decisions.addAll(made);
        made.forEach(decision -> ordered = Optional.of(decision.to()));
        now = now.plusSeconds(TICK_SECONDS);
    }

    /** What was ordered at the evaluation before has come about a little after it. */
    private void follow() {
        ordered.ifPresent(nodes -> {
            Instant at = now.minusSeconds(TICK_SECONDS - FOLLOWS_AFTER_SECONDS);
            checker.resized(at, nodes);
            while (serving.size() > nodes) {
                serving.removeLast();
            }
            while (serving.size() < nodes) {
                serving.add(at.plusSeconds(SERVES_AFTER_SECONDS));
            }
        });
        ordered = Optional.empty();
    }

    private void count(double load) {
        int needed = Math.clamp((int) Math.ceil(load / WANTED - 1e-9), policy.minimum(), policy.maximum());
        long there = serving.stream().filter(since -> !since.isAfter(now)).count();
        underSeconds += Math.max(0, needed - there) * TICK_SECONDS;
        overSeconds += Math.max(0, there - needed) * TICK_SECONDS;
    }

    private List<Node> nodes(double load) {
        long share = serving.stream().filter(since -> !since.isAfter(now)).count();
        List<Node> nodes = new ArrayList<>();
        for (Instant since : serving) {
            boolean serves = !since.isAfter(now);
            double measured = serves ? load / share * (1 + noise * (2 * random.nextDouble() - 1)) : 0;
            LoadReport report = new LoadReport(
                    ScalingRig.member(nodes.size()),
                    now,
                    serves ? Duration.between(since, now) : Duration.ZERO,
                    Map.of("cpu", Math.min(1, measured), "callsPerSecond", 100 * measured));
            nodes.add(new Node(report.member(), serves, Optional.of(new Heard(report, now))));
        }
        return nodes;
    }
}
