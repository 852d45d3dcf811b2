package io.bulwark.blackbox;

import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** How much of a thing is done: what fits into every build, or, with {@code -Plong}, more. */
final class Scale {
    private static final boolean LONG = Boolean.getBoolean("bulwark.long");

    private Scale() {}

    /** One of the two. */
    static int of(int everyBuild, int longRun) {
        return LONG ? longRun : everyBuild;
    }

    /** The seed given with {@code -Dbulwark.seed}; else fresh ones, one in every build. */
    static LongStream seeds() {
        return seeds(1, 3);
    }

    /** The same, with so many fresh ones. */
    static LongStream seeds(int everyBuild, int longRun) {
        Long given = Long.getLong("bulwark.seed");
        return given == null
                ? new SplittableRandom().longs(of(everyBuild, longRun), 0, 1_000_000_000)
                : LongStream.of(given);
    }
}
