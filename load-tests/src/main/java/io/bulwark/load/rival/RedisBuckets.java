package io.bulwark.load.rival;

import akka.http.javadsl.model.HttpResponse;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Limits that Bucket4j keeps in Redis, with its compare-and-swap and its asynchronous form. */
final class RedisBuckets implements BackEnd {
    private static final Duration KEPT_MAX = Duration.ofHours(1);
    private static final long MICRO_NANOS = 1_000;

    private final Map<String, Quota> quotas;
    private final AsyncProxyManager<byte[]> buckets;

    RedisBuckets(int redisPort, Map<String, Quota> quotas) {
        this.quotas = quotas;
        this.buckets = Bucket4jLettuce.casBasedBuilder(RedisConnections.client(redisPort))
                .expirationAfterWrite(ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT_MAX))
                .build()
                .asAsync();
    }

    @Override
    public CompletionStage<HttpResponse> answer(Asked asked) {
        Quota quota = quotas.get(asked.subject());
        return quota == null
                ? CompletableFuture.completedFuture(Answers.json(404, "{}"))
                : probe(quota, asked).thenApply(probe -> Answers.limit(quota, decision(probe)));
    }

    private CompletionStage<ConsumptionProbe> probe(Quota quota, Asked asked) {
        byte[] key = ("bucket4j:" + asked.tenant() + ":" + quota.name()).getBytes(StandardCharsets.UTF_8);
        return buckets.builder()
                .build(key, () -> CompletableFuture.completedFuture(configuration(quota)))
                .tryConsumeAndReturnRemaining(asked.json().path("cost").asLong(1));
    }

    private static BucketConfiguration configuration(Quota quota) {
        return BucketConfiguration.builder()
                .addLimit(limit ->
                        limit.capacity(quota.capacity()).refillGreedy(quota.perSecond(), Duration.ofSeconds(1)))
                .build();
    }

    private static Answers.Decision decision(ConsumptionProbe probe) {
        return new Answers.Decision(
                probe.isConsumed(),
                probe.getRemainingTokens(),
                probe.getNanosToWaitForReset() / MICRO_NANOS,
                probe.getNanosToWaitForRefill() / MICRO_NANOS);
    }
}
