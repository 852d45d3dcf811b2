package io.bulwark.load.comparison;

import io.bulwark.load.result.Result;

/** One question about Bulwark and its rivals, answered by measuring all of them in one run. */
public interface Comparison {
    /** As the command line has it: lower-case letters. */
    String name();

    /** One line for people. */
    String title();

    /**
     * Starts the subjects, measures them in turns, ends them. A rival that is not installed is left out and noted.
     *
     * @throws IllegalStateException when a subject could not be started or a measurement is void; the message says why
     */
    Result run(Setting setting);
}
