package io.bulwark.scaling;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Name;
import io.bulwark.grammar.Ranges;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the operator wants of the cluster's size. Every member has a default, so that {@code {}} is a policy.
 *
 * @param minimum nodes, 1 to {@value #NODES_MAX}
 * @param maximum nodes, not below the minimum
 * @param targets at most {@value #TARGETS_MAX}, one for each metric; the one that asks for the most nodes counts
 * @param rules at most {@value #RULES_MAX}; what one asks for counts like what a target asks for
 * @param scaleUp how fast it may grow
 * @param scaleDown how fast it may shrink
 * @param schedules at most {@value #SCHEDULES_MAX}; of those whose time it is the largest minimum counts
 * @param startup for how long what a new node says of its processors is the cost of its start; 0 to 30 min
 * @param paused whether nothing is decided; an emergency is carried out all the same
 * @param dryRun whether decisions are recorded and not carried out
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ScalingPolicy(
        int minimum,
        int maximum,
        List<Target> targets,
        List<Rule> rules,
        Behavior scaleUp,
        Behavior scaleDown,
        List<Schedule> schedules,
        Forecast forecast,
        Duration startup,
        boolean paused,
        boolean dryRun) {
    /** The most nodes that a cluster has. */
    public static final int NODES_MAX = 1_000;

    public static final int TARGETS_MAX = 16;
    public static final int RULES_MAX = 32;
    public static final int SCHEDULES_MAX = 32;

    /** 2 to 50 nodes whose processors are 70 % and whose heaps are 80 % in use, with the behavior of Kubernetes. */
    public static final ScalingPolicy DEFAULT = new ScalingPolicy(
            2,
            50,
            List.of(new Target(new MetricName("cpu"), 0.7), new Target(new MetricName("heap"), 0.8)),
            List.of(),
            Behavior.UP,
            Behavior.DOWN,
            List.of(),
            Forecast.DEFAULT,
            Duration.ofMinutes(1),
            false,
            false);

    public ScalingPolicy {
        targets = List.copyOf(targets);
        rules = List.copyOf(rules);
        schedules = List.copyOf(schedules);
        Ranges.check("minimum", minimum, 1, NODES_MAX);
        Ranges.check("maximum", maximum, 1, NODES_MAX);
        if (minimum > maximum) {
            throw new IllegalArgumentException(
                    "minimum is " + minimum + ": expected no more than the maximum, which is " + maximum);
        }
        Ranges.check("targets (how many)", targets.size(), 0, TARGETS_MAX);
        Ranges.check("rules (how many)", rules.size(), 0, RULES_MAX);
        Ranges.check("schedules (how many)", schedules.size(), 0, SCHEDULES_MAX);
        Ranges.check("startup", startup, Duration.ZERO, Duration.ofMinutes(30));
        checkOnce("targets", targets.stream().map(Target::metric).map(MetricName::value));
        checkOnce("rules", rules.stream().map(Rule::name).map(Name::value));
        checkOnce("schedules", schedules.stream().map(Schedule::name).map(Name::value));
    }

    @JsonCreator
    static ScalingPolicy of(
            @JsonProperty("minimum") @Nullable Integer minimum,
            @JsonProperty("maximum") @Nullable Integer maximum,
            @JsonProperty("targets") @Nullable List<Target> targets,
            @JsonProperty("rules") @Nullable List<Rule> rules,
            @JsonProperty("scaleUp") Behavior.@Nullable Absent scaleUp,
            @JsonProperty("scaleDown") Behavior.@Nullable Absent scaleDown,
            @JsonProperty("schedules") @Nullable List<Schedule> schedules,
            @JsonProperty("forecast") @Nullable Forecast forecast,
            @JsonProperty("startup") @Nullable Duration startup,
            @JsonProperty("paused") @Nullable Boolean paused,
            @JsonProperty("dryRun") @Nullable Boolean dryRun) {
        return new ScalingPolicy(
                minimum == null ? DEFAULT.minimum : minimum,
                maximum == null ? DEFAULT.maximum : maximum,
                targets == null ? DEFAULT.targets : targets,
                rules == null ? DEFAULT.rules : rules,
                scaleUp == null ? Behavior.UP : Behavior.UP.orElse(scaleUp),
                scaleDown == null ? Behavior.DOWN : Behavior.DOWN.orElse(scaleDown),
                schedules == null ? DEFAULT.schedules : schedules,
                forecast == null ? DEFAULT.forecast : forecast,
                startup == null ? DEFAULT.startup : startup,
                paused == null ? DEFAULT.paused : paused,
                dryRun == null ? DEFAULT.dryRun : dryRun);
    }

    private static void checkOnce(String member, Stream<String> names) {
        Set<String> seen = new HashSet<>();
        names.filter(name -> !seen.add(name)).findFirst().ifPresent(twice -> {
            throw new IllegalArgumentException(member + " names '" + twice + "' twice: expected each once");
        });
    }
}
