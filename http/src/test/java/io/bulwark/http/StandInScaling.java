package io.bulwark.http;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.scaling.Decision;
import io.bulwark.scaling.MetricName;
import io.bulwark.scaling.Outlook;
import io.bulwark.scaling.Recommendation;
import io.bulwark.scaling.Scaling;
import io.bulwark.scaling.ScalingPolicy;
import io.bulwark.scaling.ScalingView;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A coordinator that has decided once, and remembers what it was told. */
final class StandInScaling implements Scaling {
    static final Instant AT = Instant.parse("2026-11-26T12:00:00Z");

    final Map<String, Double> metrics = new ConcurrentHashMap<>();
    final List<EmergencyCall> calls = new CopyOnWriteArrayList<>();
    final List<Consumer<Decision>> followers = new CopyOnWriteArrayList<>();
    volatile boolean away;
    volatile boolean heard = true;
    volatile boolean full;
    private final AtomicLong version = new AtomicLong();
    private volatile ScalingPolicy policy = ScalingPolicy.DEFAULT;

    static Decision decision(long number) {
        return new Decision(
                number,
                AT,
                2,
                3,
                Decision.Kind.DECIDED,
                List.of(new Recommendation("cpu", Optional.of(3), Optional.of(0.9), Optional.of(0.7), 2, 0, "")),
                List.of(),
                "From 2 to 3 nodes: cpu asks for 3 (0.9 a node, 0.7 wanted).");
    }

    @Override
    public Optional<ScalingView> view() {
        if (!heard) {
            return Optional.empty();
        }
        Decision last = decision(7);
        return Optional.of(new ScalingView(
                MemberAddress.parse("127.0.0.1:25520"),
                12,
                AT,
                version.get(),
                policy,
                "record",
                Optional.empty(),
                Optional.of(new Outlook(AT, 2, 3, 3, last.recommendations(), last.limits(), last.reason())),
                3,
                Optional.empty(),
                Map.of("127.0.0.1:25520", Map.of("cpu", 0.9)),
                List.of(last)));
    }

    @Override
    public CompletionStage<PolicyReply> put(ScalingPolicy given, Precondition precondition) {
        if (!precondition.holds(true, version.get())) {
            return answer(new PolicyReply.PreconditionFailed());
        }
        policy = given;
        return answer(new PolicyReply.Put(version.incrementAndGet()));
    }

    @Override
    public CompletionStage<List<Decision>> decisions(long before, int most) {
        List<Decision> lines = new ArrayList<>();
        for (long number = Math.min(7, before - 1); number >= 1 && lines.size() < most; number--) {
            lines.add(decision(number));
        }
        return answer(lines);
    }

    @Override
    public CompletionStage<EmergencyReply> emergency(EmergencyCall call) {
        calls.add(call);
        return answer(
                switch (call) {
                    case EmergencyCall.ScaleTo order ->
                        order.nodes() > 1_000
                                ? new EmergencyReply.Refused("nodes is " + order.nodes() + ": expected 1 to 1000")
                                : new EmergencyReply.Ordered(order.nodes(), order.until());
                    case EmergencyCall.Cancel(String reason) ->
                        reason.equals("nothing there")
                                ? new EmergencyReply.NoEmergency()
                                : new EmergencyReply.Cancelled();
                });
    }

    @Override
    public CompletionStage<MetricReply> report(MetricName metric, double value, Duration validFor) {
        metrics.put(metric.value(), value);
        return answer(full ? MetricReply.FULL : MetricReply.TAKEN);
    }

    @Override
    public Runnable follow(long after, Consumer<Decision> decisions) {
        followers.add(decisions);
        if (after < 7) {
            decisions.accept(decision(7));
        }
        return () -> followers.remove(decisions);
    }

    private <T> CompletionStage<T> answer(T reply) {
        return away
                ? CompletableFuture.failedStage(new IllegalStateException("away"))
                : CompletableFuture.completedStage(reply);
    }
}
