package io.bulwark.load.rival;

import akka.http.javadsl.model.HttpResponse;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Limits that a script in Redis decides, one EVALSHA for each request. */
final class RedisGcra implements BackEnd {
    private static final double SECOND_MICROS = 1e6;

    private final Map<String, Quota> quotas;
    private final RedisScript script;

    RedisGcra(int redisPort, Map<String, Quota> quotas) {
        RedisAsyncCommands<String, String> redis =
                RedisConnections.client(redisPort).connect().async();
        this.quotas = quotas;
        this.script = new RedisScript(redis, "gcra.lua");
    }

    @Override
    public CompletionStage<HttpResponse> answer(Asked asked) {
        Quota quota = quotas.get(asked.subject());
        return quota == null
                ? CompletableFuture.completedFuture(Answers.json(404, "{}"))
                : decide(quota, asked).thenApply(decision -> Answers.limit(quota, decision));
    }

    private CompletionStage<Answers.Decision> decide(Quota quota, Asked asked) {
        return script.<List<Long>>run(
                        ScriptOutputType.MULTI,
                        "gcra:" + asked.tenant() + ":" + quota.name(),
                        Double.toString(SECOND_MICROS / quota.perSecond()),
                        Long.toString(quota.capacity()),
                        asked.json().path("cost").asText("1"))
                .thenApply(out -> new Answers.Decision(out.get(0) == 1, out.get(1), out.get(2), out.get(3)));
    }
}
