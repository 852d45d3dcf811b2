package io.bulwark.ratelimit;

import io.bulwark.grammar.Name;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Policies to test limiters with. */
final class Policies {
    private static final long PER_MIN = Duration.ofMillis(1).toNanos();
    private static final long PER_MAX = Duration.ofDays(366).toNanos();

    private Policies() {}

    static LimitPolicy policy(Algorithm algorithm, long capacity, long refill, Duration per) {
        return new LimitPolicy(new Name("requests"), algorithm, capacity, refill, per, Durability.SOFT, Mode.ENFORCE);
    }

    /** Half of them of everyday size, half from anywhere in the valid range. */
    static LimitPolicy random(Algorithm algorithm, RandomGenerator random) {
        return random.nextBoolean() ? everyday(algorithm, random) : any(algorithm, random);
    }

    static LimitPolicy everyday(Algorithm algorithm, RandomGenerator random) {
        Duration per = Duration.ofMillis(random.nextInt(1, 10_000));
        return policy(algorithm, random.nextLong(1, 40), random.nextLong(1, 40), per);
    }

    static LimitPolicy any(Algorithm algorithm, RandomGenerator random) {
        long capacity = magnitude(random, 1, LimitPolicy.CAPACITY_MAX);
        long refill = magnitude(random, 1, LimitPolicy.CAPACITY_MAX);
        return policy(algorithm, capacity, refill, Duration.ofNanos(magnitude(random, PER_MIN, PER_MAX)));
    }

    /** From least to most, every order of magnitude as likely as every other. */
    static long magnitude(RandomGenerator random, long least, long most) {
        double low = Math.log((double) least);
        double exponent = low + random.nextDouble() * (Math.log((double) most) - low);
        return Math.clamp(Math.round(Math.exp(exponent)), least, most);
    }
}
