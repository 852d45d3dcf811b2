package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.fault.Fault;
import io.bulwark.load.fault.Fault.Kind;
import io.bulwark.load.fault.FaultPlan;
import io.bulwark.load.history.Availability;
import io.bulwark.load.node.BulwarkNode;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Nodes are killed, paused and replaced under load. The times are printed; only bounds are asserted that hold on a
 * slow and shared machine as well. In every build an owner is killed; the others take longer and run with
 * {@code -Plong}.
 */
@ExtendWith(SharedCluster.class)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ClusterFaultsTest {
    /** The goal is 1 s for the first answer, and 5 s for the guard, on a quiet machine. */
    private static final Duration GENEROUS = Duration.ofSeconds(30);

    /** So that a paused node does not hold all callers. */
    private static final Duration IMPATIENT = Duration.ofSeconds(8);

    private static final int FULL_RATE = Integer.getInteger("bulwark.rate", Scale.of(100, 500));
    private static final int RATE = 100;
    /** In the long form nodes that have compiled what they do are measured, as in an operation that has gone on. */
    private static final Duration WARM_UP = Duration.ofSeconds(Scale.of(0, 90));

    private static final Duration SOON = Duration.ofSeconds(1);

    static LongStream seeds() {
        return Scale.seeds(1, 20);
    }

    @Test
    void ownerKilled_underLoad_noWrongAnswerAndItsTenantsAreServedByTheOthers(Cluster cluster) {
        FaultPlan plan = FaultPlan.of(new Fault.Kill(cluster.busiest(), SOON, Duration.ofSeconds(Scale.of(8, 20))));

        Trial trial = new Trial(cluster, "killed", 1, GENEROUS).warmUp(WARM_UP).run(plan, FULL_RATE);

        trial.assertEveryPromiseKept();
        Availability seen = trial.availability().getFirst();
        assertThat(seen.firstCorrect()).isLessThan(GENEROUS);
        assertThat(seen.guardedAgain()).isLessThan(BulwarkNode.PATIENCE);
    }

    @EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
    @Test
    void ownerPaused_longerThanTheOthersWait_executesNothingTwiceAndRejoins(Cluster cluster) {
        FaultPlan plan = FaultPlan.of(new Fault.Pause(cluster.busiest(), SOON, Duration.ofSeconds(Scale.of(12, 30))));

        Trial trial = new Trial(cluster, "paused", 2, IMPATIENT).run(plan, RATE);

        trial.assertEveryPromiseKept();
        assertThat(trial.availability().getFirst().calls()).isGreaterThan(RATE);
    }

    @EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
    @Test
    void everyNodeReplaced_oneAfterTheOther_failsNoCall(Cluster cluster) {
        FaultPlan plan = FaultPlan.of(new Fault.Roll(SOON, Duration.ofSeconds(1)));

        // Few calls: where all nodes share two cores, one that starts takes them from the others for seconds.
        Trial trial = new Trial(cluster, "rolled", 3, GENEROUS).warmUp(WARM_UP).run(plan, Scale.of(RATE / 4, RATE));

        trial.assertEveryPromiseKept();
        assertThat(trial.availability().getFirst().failed()).isEmpty();
    }

    @EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void faultsByChance_everyPromiseIsKept(long seed, Cluster cluster) {
        FaultPlan plan = FaultPlan.random(
                seed,
                cluster.size(),
                Scale.of(2, 5),
                EnumSet.of(Kind.KILL, Kind.PAUSE, Kind.SLOW_LINK, Kind.BROKEN_LINK));
        Trial trial = new Trial(cluster, "chance-" + seed, seed, IMPATIENT);

        FaultReport.write(plan, trial.run(plan, RATE));

        trial.assertEveryPromiseKept();
    }
}
