package io.bulwark.load.fault;

import io.bulwark.load.cluster.Cluster;
import io.bulwark.load.history.History;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Wait;
import java.time.Duration;
import java.util.stream.IntStream;

/**
 * Carries a plan out on a cluster, and notes in a history when each fault began and when the cluster was whole again.
 * A fault waits until the cluster has got over the one before, however slow the machine is: else two of them together
 * would take the majority away, which is another experiment.
 */
public final class Injector {
    private final Cluster cluster;
    private final History history;

    public Injector(Cluster cluster, History history) {
        this.cluster = cluster;
        this.history = history;
    }

    /**
     * Returns when the last fault is over.
     *
     * @throws IllegalStateException when the cluster does not get over one
     */
    public void carryOut(FaultPlan plan) {
        long begin = System.nanoTime();
        for (Fault fault : plan.faults()) {
            Wait.until(begin + fault.at().toNanos());
            long from = System.nanoTime();
            long ended = inject(fault);
            cluster.awaitWhole();
            history.add(new History.Fault(fault.toString(), from, ended, System.nanoTime()));
        }
    }

    /** Returns when the fault ended, which for a node that was killed is when it is started again. */
    private long inject(Fault fault) {
        switch (fault) {
            case Fault.Kill(int node, Duration at, Duration restartAfter) -> {
                return kill(node, restartAfter);
            }
            case Fault.Pause(int node, Duration at, Duration lasting) -> pause(node, lasting);
            case Fault.Partition partition -> partition(partition);
            case Fault.SlowLink(int node, Duration delay, Duration at, Duration lasting) -> slow(node, delay, lasting);
            case Fault.BrokenLink(int node, Duration at) -> cluster.ground().breakConnections(node);
            case Fault.Roll(Duration at, Duration pause) ->
                IntStream.range(0, cluster.size()).forEach(node -> roll(node, pause));
        }
        return System.nanoTime();
    }

    private long kill(int node, Duration restartAfter) {
        cluster.node(node).kill();
        lastFor(restartAfter);
        long ended = System.nanoTime();
        cluster.restart(node);
        return ended;
    }

    private void pause(int node, Duration lasting) {
        cluster.node(node).process().pause();
        try {
            lastFor(lasting);
        } finally {
            cluster.node(node).process().resume();
        }
    }

    private void partition(Fault.Partition partition) {
        cluster.ground().cut(partition.minority());
        try {
            lastFor(partition.lasting());
        } finally {
            cluster.ground().heal();
        }
    }

    private void slow(int node, Duration delay, Duration lasting) {
        cluster.ground().slow(node, delay);
        try {
            lastFor(lasting);
        } finally {
            cluster.ground().slow(node, Duration.ZERO);
        }
    }

    private void roll(int node, Duration pause) {
        cluster.node(node).process().terminate();
        int status = cluster.node(node).process().exitStatus(BulwarkNode.PATIENCE);
        if (status != 0) {
            throw new IllegalStateException(
                    "Node " + (node + 1) + " ended with " + status + " after SIGTERM: expected 0");
        }
        cluster.restart(node);
        cluster.awaitWhole();
        lastFor(pause);
    }

    private static void lastFor(Duration time) {
        Wait.until(System.nanoTime() + time.toNanos());
    }
}
