package io.bulwark.load.rival;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.JsonNode;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** First-seen operations with {@code SET … NX GET}, completed by a script that compares the token. */
final class RedisSetNx implements BackEnd {
    private static final String CLAIMED = "claimed ";

    private final RedisAsyncCommands<String, String> redis;
    private final RedisScript complete;
    private final RandomGenerator random;

    /** @param random makes the tokens; safe for many threads */
    RedisSetNx(int redisPort, RandomGenerator random) {
        this.redis = RedisConnections.client(redisPort).connect().async();
        this.complete = new RedisScript(redis, "complete.lua");
        this.random = random;
    }

    @Override
    public CompletionStage<HttpResponse> answer(Asked asked) {
        return switch (asked.verb()) {
            case "claim" -> claim(asked);
            case "complete" -> complete(asked);
            default -> CompletableFuture.completedFuture(Answers.json(404, "{}"));
        };
    }

    private CompletionStage<HttpResponse> claim(Asked asked) {
        long token = random.nextLong(1, 1L << 53);
        return redis.setGet(key(asked), CLAIMED + token, SetArgs.Builder.nx())
                .thenApply(known -> claimed(token, known));
    }

    private static HttpResponse claimed(long token, @Nullable String known) {
        if (known == null) {
            return Answers.json(201, "{\"token\":" + token + "}");
        }
        return known.startsWith(CLAIMED)
                ? Answers.json(409, "{\"state\":\"claimed\"}")
                : Answers.json(200, "{\"state\":\"completed\",\"answer\":" + known + "}");
    }

    private CompletionStage<HttpResponse> complete(Asked asked) {
        JsonNode json = asked.json();
        return complete.<Long>run(
                        ScriptOutputType.INTEGER,
                        key(asked),
                        CLAIMED + json.path("token").asLong(),
                        json.toString())
                .thenApply(done -> done == 1 ? Answers.nothing() : Answers.json(409, "{}"));
    }

    private static String key(Asked asked) {
        return asked.tenant() + ":" + asked.subject();
    }
}
