package io.bulwark.load.rival;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.time.Duration;

/** How a front reaches its Redis: one client whose connection all requests share, as lettuce advises. */
final class RedisConnections {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

    private RedisConnections() {}

    /** A client that refuses commands while Redis is away, instead of keeping them for later. */
    static RedisClient client(int port) {
        RedisClient client = RedisClient.create(RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(port)
                .withTimeout(ANSWER_WITHIN)
                .build());
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .build());
        return client;
    }
}
