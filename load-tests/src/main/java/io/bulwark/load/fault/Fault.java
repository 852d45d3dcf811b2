package io.bulwark.load.fault;

import java.time.Duration;
import java.util.Set;

/** What is done to a cluster; nodes by number, from 0. */
public sealed interface Fault {
    /** From the plan's beginning until it begins, at the earliest: it waits until the fault before is over. */
    Duration at();

    /** SIGKILL, and a start some time later. */
    record Kill(int node, Duration at, Duration restartAfter) implements Fault {}

    /** SIGSTOP, and SIGCONT some time later. */
    record Pause(int node, Duration at, Duration lasting) implements Fault {}

    /** The minority and the others do not hear each other; all reach the database, the services and the callers. */
    record Partition(Set<Integer> minority, Duration at, Duration lasting) implements Fault {
        public Partition {
            minority = Set.copyOf(minority);
        }
    }

    /** What the others send to the node, and what it answers, is late. */
    record SlowLink(int node, Duration delay, Duration at, Duration lasting) implements Fault {}

    /** The connections that the others have to the node break. */
    record BrokenLink(int node, Duration at) implements Fault {}

    /** SIGTERM to each node in turn, a start as soon as it has ended, and a pause once all are there again. */
    record Roll(Duration at, Duration pause) implements Fault {}

    /** Kinds of fault, for those who choose. */
    enum Kind {
        /** {@link Fault.Kill}. */
        KILL,
        /** {@link Fault.Pause}. */
        PAUSE,
        /** {@link Fault.Partition}. */
        PARTITION,
        /** {@link Fault.SlowLink}. */
        SLOW_LINK,
        /** {@link Fault.BrokenLink}. */
        BROKEN_LINK,
        /** {@link Fault.Roll}. */
        ROLL
    }
}
