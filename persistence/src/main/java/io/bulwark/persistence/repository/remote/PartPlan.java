package io.bulwark.persistence.repository.remote;

import io.bulwark.grammar.Ranges;

/**
 * How large the parts of an object are whose length nobody knows when it is begun. A store allows so many parts and no
 * more, so the parts double a few times: small objects cost little memory, and large ones still fit.
 *
 * @param firstBytes the size of the first parts, 1 byte to 64 MiB
 * @param partsOfOneSize parts until the size doubles, 1 to 100,000
 * @param partsMax the most parts that the store allows, 1 to 100,000
 */
public record PartPlan(int firstBytes, int partsOfOneSize, int partsMax) {
    private static final int DOUBLINGS_MAX = 4;

    /** @throws IllegalArgumentException when a member is outside its range; the message names it */
    public PartPlan {
        Ranges.check("firstBytes", firstBytes, 1, 64 << 20);
        Ranges.check("partsOfOneSize", partsOfOneSize, 1, 100_000);
        Ranges.check("partsMax", partsMax, 1, 100_000);
    }

    /**
     * The size of a part in bytes; the last one of an object may be smaller.
     *
     * @param number from 1
     */
    public int bytes(int number) {
        return firstBytes << Math.min((number - 1) / partsOfOneSize, DOUBLINGS_MAX);
    }

    /** The longest object in bytes. */
    public long objectBytesMax() {
        long sum = 0;
        for (int number = 1; number <= partsMax; number++) {
            sum += bytes(number);
        }
        return sum;
    }
}
