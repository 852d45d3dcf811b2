package io.bulwark.load.comparison;

import io.bulwark.load.drive.Work;
import java.util.function.Supplier;

/**
 * One of those that have their turn in each round.
 *
 * @param work asked for once in each turn
 * @param perCall how many of what is counted one call is
 */
record Subject(String name, Supplier<Work> work, double perCall) {
    Subject(String name, Work work) {
        this(name, () -> work, 1);
    }
}
