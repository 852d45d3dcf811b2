package io.bulwark.load.service;

import io.bulwark.load.wire.HttpMessage;
import java.util.SplittableRandom;

/** Says what the service does with each request. */
@FunctionalInterface
public interface Plan {
    /**
     * Called once for each request, by many threads.
     *
     * @param key the idempotency key, or the empty string
     * @param earlier how many requests with this key came before
     */
    Behaviour behaviour(HttpMessage request, String key, int earlier);

    /** Always the same. */
    static Plan always(Behaviour behaviour) {
        return (request, key, earlier) -> behaviour;
    }

    /**
     * Fails and times out at random: of 100 requests about 6 are answered 500, 6 each 429 and 503, 2 hang, 2 are
     * closed without an answer, 2 broken off half-way, and the rest answered 201. The choice depends on the seed, the
     * key and how many came before, not on the threads' luck. From the fourth request of a key on it is answered 201.
     */
    static Plan troubled(long seed) {
        return (request, key, earlier) -> earlier >= 3 ? new Behaviour.Answer(201) : troubled(dice(seed, key, earlier));
    }

    private static int dice(long seed, String key, int earlier) {
        return new SplittableRandom(seed ^ (key.hashCode() * 0x9E3779B97F4A7C15L) ^ earlier).nextInt(100);
    }

    private static Behaviour troubled(int dice) {
        if (dice < 18) {
            return new Behaviour.Answer(dice < 6 ? 500 : dice < 12 ? 429 : 503);
        } else if (dice < 20) {
            return new Behaviour.Hang();
        } else if (dice < 22) {
            return new Behaviour.CloseSilently();
        }
        return dice < 24 ? new Behaviour.BreakOff() : new Behaviour.Answer(201);
    }
}
