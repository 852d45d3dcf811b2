package io.bulwark.blackbox;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.cluster.Namespaces;
import io.bulwark.load.fault.Fault;
import io.bulwark.load.fault.Fault.Kind;
import io.bulwark.load.fault.FaultPlan;
import io.bulwark.load.node.Scratch;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * One of three nodes is cut off from the other two, in network namespaces, with mutual TLS between the nodes because
 * their addresses are not loopback. Runs with {@code -Plong}; skipped where the machine cannot make namespaces.
 */
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class PartitionTest {
    private static final int RATE = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final Duration SOON = Duration.ofSeconds(1);

    @EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
    @Test
    void ownerCutOff_fromTheMajority_everyPromiseIsKeptAndItHealsByItself() {
        try (Cluster cluster = inNamespaces("partition")) {
            Set<Integer> owner = Set.of(cluster.busiest());
            FaultPlan plan = FaultPlan.of(new Fault.Partition(owner, SOON, Duration.ofSeconds(Scale.of(15, 30))));

            new Trial(cluster, "partition", 4, PATIENCE)
                    .warmUp(Duration.ofSeconds(Scale.of(0, 60)))
                    .run(plan, RATE)
                    .assertEveryPromiseKept();

            moreByChance(cluster, Scale.seeds(0, 10));
        }
    }

    private static void moreByChance(Cluster cluster, LongStream seeds) {
        seeds.forEach(seed -> {
            FaultPlan plan =
                    FaultPlan.random(seed, cluster.size(), 4, EnumSet.of(Kind.KILL, Kind.PAUSE, Kind.PARTITION));
            Trial trial = new Trial(cluster, "cut-" + seed, seed, PATIENCE);
            FaultReport.write(plan, trial.run(plan, RATE));
            trial.assertEveryPromiseKept();
        });
    }

    private static Cluster inNamespaces(String name) {
        Optional<String> whyNot = Namespaces.whyNot();
        assumeTrue(whyNot.isEmpty(), () -> "This machine cannot make network namespaces: " + whyNot.orElse(""));
        return Cluster.start(name, Namespaces.of(3, Scratch.empty(name + "-certificates")));
    }
}
