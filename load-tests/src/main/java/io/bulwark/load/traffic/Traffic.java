package io.bulwark.load.traffic;

import java.util.SplittableRandom;

/**
 * Decides about every call by its number alone: whether it repeats an earlier one, for which tenant it is, and what its
 * service is to answer. So whoever knows the seed knows what had to come of each call.
 */
public final class Traffic {
    /** What a service answers when all is well. */
    public static final int DONE = 201;

    /** What it answers to a request that it cannot fulfil; as final as success. */
    public static final int UNPROCESSABLE = 422;

    /** What it answers when it fails; recorded as well, so that a retry gets the same. */
    public static final int FAILED = 500;

    private static final int PERCENT = 100;
    private static final int UNPROCESSABLE_PERCENT = 2;
    private static final int FAILED_PERCENT = 1;

    private final long seed;
    private final ZipfSampler tenants;
    private final double retries;
    private final int reach;

    /**
     * @param tenants draws the number of a call's tenant
     * @param retries the share of calls that repeat an earlier one, 0 to less than 1
     * @param reach how many calls back the earlier one lies at most, 1 or more
     */
    public Traffic(long seed, ZipfSampler tenants, double retries, int reach) {
        if (!(retries >= 0 && retries < 1) || reach < 1) {
            throw new IllegalArgumentException("A share of retries of " + retries + " that reach " + reach
                    + " calls back: expected 0 to less than 1, and 1 or more");
        }
        this.seed = seed;
        this.tenants = tenants;
        this.retries = retries;
        this.reach = reach;
    }

    /** The number of the call that this one repeats; its own when it repeats none. */
    public long origin(long number) {
        long call = number;
        for (SplittableRandom random = random(call); isRetry(call, random); random = random(call)) {
            call = call - 1 - random.nextLong(Math.min(call, reach));
        }
        return call;
    }

    /** The number of a call's tenant, from 0. */
    public int tenant(long number) {
        return tenants.sample(afterRetry(origin(number)));
    }

    /** What the service of a call answers: in 97 of 100 cases {@link #DONE}. */
    public int outcome(long number) {
        SplittableRandom random = afterRetry(origin(number));
        tenants.sample(random);
        int dice = random.nextInt(PERCENT);
        if (dice < UNPROCESSABLE_PERCENT) {
            return UNPROCESSABLE;
        }
        return dice < UNPROCESSABLE_PERCENT + FAILED_PERCENT ? FAILED : DONE;
    }

    private SplittableRandom afterRetry(long origin) {
        SplittableRandom random = random(origin);
        random.nextDouble();
        return random;
    }

    private boolean isRetry(long number, SplittableRandom random) {
        return random.nextDouble() < retries && number > 0;
    }

    /** Neighbouring numbers get seeds that lie far apart. */
    private SplittableRandom random(long number) {
        return new SplittableRandom(seed + number * 0x9E3779B97F4A7C15L);
    }
}
