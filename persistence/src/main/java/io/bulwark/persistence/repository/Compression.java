package io.bulwark.persistence.repository;

/**
 * How what is written is compressed, with Zstandard; reading needs no setting.
 *
 * @param level 1 (fast) to 19 (small)
 * @param workers threads that compress beside the writing one, 0 to 64; 0: the writing thread compresses
 */
public record Compression(int level, int workers) {
    /** @throws IllegalArgumentException when a value is out of its range */
    public Compression {
        if (level < 1 || level > 19) {
            throw new IllegalArgumentException("The compression's level is " + level + ", expected: 1 to 19");
        }
        if (workers < 0 || workers > 64) {
            throw new IllegalArgumentException("The compression's workers are " + workers + ", expected: 0 to 64");
        }
    }

    /** Level 3, and as many workers as there are processors, at most 8; none when there is one processor. */
    public static Compression standard() {
        return ofLevel(3);
    }

    /** A level, with as many workers as {@link #standard}. */
    public static Compression ofLevel(int level) {
        int processors = Runtime.getRuntime().availableProcessors();
        return new Compression(level, processors == 1 ? 0 : Math.min(processors, 8));
    }
}
