package io.bulwark.node.guard;

import java.time.Duration;

/**
 * When a node stops waiting for guards; the first two are settings, the others are what they are for the reasons given.
 *
 * @param degradeAfter how long a guard may be silent before it is asked whether it is there, and how long it then has
 *     to say so
 * @param refuseAfter how long a call that must not be answered in the guard's place waits for the guard
 * @param probeEvery between two questions to a guard that is silent: what was asked before the loss of its node was
 *     noticed is lost, so this and {@code degradeAfter} are what a shard's new home is noticed later, against 4 to 5 s in
 *     which it gets one; thousands of silent guards are no load, because few are asked at once
 * @param keepFor how long a stand-in is kept after its guard is back, so that a guard that comes and goes gives nobody
 *     a fresh burst each time; and after how long without calls a silent guard is no longer asked for
 * @param lateFor how long after its time an answer of a guard is still waited for, to give back what it admitted:
 *     longer than a shard takes to be placed again, because what was asked meanwhile is asked there
 */
record StandInSettings(
        Duration degradeAfter, Duration refuseAfter, Duration probeEvery, Duration keepFor, Duration lateFor) {
    /** The most tenants that a node stands in for; those of beyond are answered 503 {@code guard-unavailable}. */
    static final int TENANTS_MAX = 10_000;
    /** The most questions to silent guards that are out at once; the others are put off until the next turn. */
    static final int PROBES_MAX = 500;

    static StandInSettings of(Duration degradeAfter, Duration refuseAfter) {
        return new StandInSettings(
                degradeAfter, refuseAfter, Duration.ofMillis(150), Duration.ofSeconds(10), Duration.ofSeconds(30));
    }
}
