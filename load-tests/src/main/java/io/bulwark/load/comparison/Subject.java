package io.bulwark.load.comparison;

import io.bulwark.load.drive.Work;

/**
 * One of those that have their turn in each round.
 *
 * @param perCall how many of what is counted one call is
 */
record Subject(String name, Work work, double perCall) {
    Subject(String name, Work work) {
        this(name, work, 1);
    }
}
