package io.bulwark.load.scenario;

import io.bulwark.load.result.Result;

/** A load of one kind, and what is expected of a Bulwark under it. */
public interface Scenario {
    /** As the command line has it: lower-case letters and hyphens. */
    String name();

    /** One line for people. */
    String title();

    /** All that can be chosen, with what is chosen by default, in the order in which it is to be read. */
    Options options();

    /**
     * Starts what it needs, unless it was given a Bulwark, runs, and ends what it started.
     *
     * @param run its options are {@link #options()}, some of them with other values
     * @return with what the scenario itself asserts assessed
     * @throws IllegalStateException when the run could not be made or is void; the message says why
     */
    Result run(Run run);
}
