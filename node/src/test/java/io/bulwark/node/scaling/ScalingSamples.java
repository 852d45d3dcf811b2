package io.bulwark.node.scaling;

import akka.actor.typed.ActorRef;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.grammar.Name;
import io.bulwark.node.scaling.ScalingCoordinator.Browsed;
import io.bulwark.node.scaling.ScalingCoordinator.Command;
import io.bulwark.node.scaling.ScalingCoordinator.Taken;
import io.bulwark.scaling.Behavior;
import io.bulwark.scaling.Decision;
import io.bulwark.scaling.Emergency;
import io.bulwark.scaling.Forecast;
import io.bulwark.scaling.LoadReport;
import io.bulwark.scaling.MetricName;
import io.bulwark.scaling.Outlook;
import io.bulwark.scaling.RatePolicy;
import io.bulwark.scaling.Recommendation;
import io.bulwark.scaling.Rule;
import io.bulwark.scaling.Scaling.EmergencyCall;
import io.bulwark.scaling.Scaling.EmergencyReply;
import io.bulwark.scaling.Scaling.PolicyReply;
import io.bulwark.scaling.ScalingPolicy;
import io.bulwark.scaling.ScalingView;
import io.bulwark.scaling.Schedule;
import io.bulwark.scaling.Target;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the scaling coordinator is told and says, for those who record it. */
public final class ScalingSamples {
    /** Kinds of which there is a sample of each. */
    public static final List<Class<?>> KINDS = List.of(Command.class, PolicyReply.class, EmergencyReply.class);

    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final MemberAddress MEMBER = new MemberAddress("127.0.0.2", 25_520);
    private static final Recommendation CPU =
            new Recommendation("cpu", Optional.of(3), Optional.of(0.9), Optional.of(0.7), 2, 1, "note");
    private static final Decision DECISION = new Decision(
            7, AT, 2, 3, Decision.Kind.DRY_RUN, List.of(CPU), List.of("scaleUp", "maximum"), "From 2 to 3 nodes.");

    private ScalingSamples() {}

    /** All of them, by name. */
    public static Map<String, Object> all(ActorRef<Object> asker) {
        Map<String, Object> all = new TreeMap<>();
        all.put(
                "scaling/report",
                new Command.Report(new LoadReport(MEMBER, AT, Duration.ofSeconds(90), Map.of("cpu", 0.75))));
        all.put(
                "scaling/custom",
                new Command.Custom(asker.narrow(), new MetricName("custom.jobs"), 42.5, Duration.ofMinutes(1)));
        all.put("scaling/show", new Command.Show(asker.narrow()));
        all.put("scaling/put", new Command.Put(asker.narrow(), policy(), new Precondition.Version(3)));
        all.put("scaling/browse", new Command.Browse(asker.narrow(), 100, 20));
        all.put(
                "scaling/urgent-scale-to",
                new Command.Urgent(asker.narrow(), new EmergencyCall.ScaleTo(10, true, "launch", AT)));
        all.put("scaling/urgent-cancel", new Command.Urgent(asker.narrow(), new EmergencyCall.Cancel("over")));
        all.put("scaling/taken", new Taken(true));
        all.put("scaling/browsed", new Browsed(List.of(DECISION)));
        all.put("scaling/policy-put", new PolicyReply.Put(4));
        all.put("scaling/policy-precondition-failed", new PolicyReply.PreconditionFailed());
        all.put("scaling/emergency-ordered", new EmergencyReply.Ordered(10, AT));
        all.put("scaling/emergency-cancelled", new EmergencyReply.Cancelled());
        all.put("scaling/emergency-none", new EmergencyReply.NoEmergency());
        all.put("scaling/emergency-refused", new EmergencyReply.Refused("until is in the past"));
        all.put("scaling/view", view());
        return all;
    }

    static ScalingView view() {
        return new ScalingView(
                MEMBER,
                12,
                AT,
                3,
                policy(),
                "processes",
                Optional.of("FAILED: no slot is free"),
                Optional.of(new Outlook(AT, 2, 4, 3, List.of(CPU), List.of("maximum"), "From 2 to 3 nodes.")),
                3,
                Optional.of(new Emergency(10, true, "launch", AT, AT.plusSeconds(600))),
                Map.of(MEMBER.toString(), Map.of("cpu", 0.75)),
                List.of(DECISION));
    }

    private static ScalingPolicy policy() {
        Behavior behavior = new Behavior(
                Duration.ofMinutes(1),
                0.2,
                Behavior.Select.MIN,
                List.of(new RatePolicy(RatePolicy.Type.PERCENT, 50, Duration.ofSeconds(30))));
        return new ScalingPolicy(
                2,
                10,
                List.of(new Target(new MetricName("cpu"), 0.7)),
                List.of(new Rule(
                        new Name("queue"),
                        new MetricName("queueDepth"),
                        Rule.Operator.AT_LEAST,
                        100,
                        Duration.ofSeconds(30),
                        Rule.Action.ADD,
                        2,
                        Duration.ofMinutes(1))),
                behavior,
                behavior,
                List.of(new Schedule(new Name("office"), "0 8 * * 1-5", Duration.ofHours(10), "Europe/Berlin", 4)),
                new Forecast(Forecast.Mode.RAISE, Duration.ofDays(7), Duration.ofMinutes(10)),
                Duration.ofSeconds(20),
                true,
                true);
    }
}
