package io.bulwark.load.rival;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A script that is sent by its digest, and whole only to a Redis that does not know it. */
final class RedisScript {
    private final RedisAsyncCommands<String, String> redis;
    private final String text;
    private final String digest;

    RedisScript(RedisAsyncCommands<String, String> redis, String resource) {
        this.redis = redis;
        this.text = Resources.text(resource);
        this.digest = redis.digest(text);
    }

    /** Runs it on one key. */
    <T> CompletionStage<T> run(ScriptOutputType type, String key, String... arguments) {
        String[] keys = {key};
        return redis.<T>evalsha(digest, type, keys, arguments)
                .exceptionallyCompose(failure -> failure instanceof RedisNoScriptException
                        ? redis.<T>eval(text, type, keys, arguments)
                        : CompletableFuture.failedFuture(failure));
    }
}
