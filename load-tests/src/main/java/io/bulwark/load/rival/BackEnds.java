package io.bulwark.load.rival;

import java.net.URI;
import java.security.SecureRandom;
import java.util.List;

/** The back ends by the names that a front is given on its command line. */
final class BackEnds {
    /** Decides nothing: the ceiling of the stack. */
    static final String CONSTANT = "constant";
    /** Arguments: Redis' port, quotas. */
    static final String REDIS_GCRA = "redis-gcra";
    /** Arguments: Redis' port, quotas. */
    static final String BUCKET4J = "bucket4j";
    /** Arguments: JDBC URL, user, password. */
    static final String INSERT = "insert-on-conflict";
    /** Arguments: Redis' port. */
    static final String SET_NX = "redis-set-nx";
    /** Arguments: the service's URL. */
    static final String RESILIENCE4J = "resilience4j";
    /** Arguments: the service's URL, Bulwark's URL, a token of the role caller. */
    static final String PERMITS = "bulwark-permits";

    private BackEnds() {}

    static BackEnd open(String name, List<String> arguments) {
        return switch (name) {
            case REDIS_GCRA -> new RedisGcra(port(arguments), Quota.byName(rest(arguments)));
            case BUCKET4J -> new RedisBuckets(port(arguments), Quota.byName(rest(arguments)));
            case INSERT -> new InsertOnConflict(arguments.get(0), arguments.get(1), arguments.get(2));
            case SET_NX -> new RedisSetNx(port(arguments), new SecureRandom());
            case RESILIENCE4J -> new GuardedCalls(new LocalBreakers(), URI.create(arguments.get(0)));
            case PERMITS ->
                new GuardedCalls(
                        new BulwarkPermits(URI.create(arguments.get(1)), arguments.get(2)),
                        URI.create(arguments.get(0)));
            default -> throw new IllegalArgumentException("There is no back end '" + name + "'");
        };
    }

    private static int port(List<String> arguments) {
        return Integer.parseInt(arguments.getFirst());
    }

    private static String[] rest(List<String> arguments) {
        return arguments.subList(1, arguments.size()).toArray(String[]::new);
    }
}
