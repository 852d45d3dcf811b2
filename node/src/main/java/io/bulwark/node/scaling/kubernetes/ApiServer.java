package io.bulwark.node.scaling.kubernetes;

import io.bulwark.node.scaling.TargetTrouble;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * The API server of the cluster, asked through fabric8 within a bound and without retries. fabric8 (8.0.0) by itself tries
 * ten times more after a 429, a 5xx or a broken connection, which is the coordinator's to decide here, and waits without
 * end for the rest of an answer that has begun. So each question is asked on a virtual thread of its own that is left
 * behind when its time is over.
 */
final class ApiServer implements AutoCloseable {
    private final KubernetesClient client;
    private final RetryAfter retryAfter;

    private ApiServer(KubernetesClient client, RetryAfter retryAfter) {
        this.client = client;
        this.retryAfter = retryAfter;
    }

    /** Does not connect yet. Takes the retries out of what it is given and the bound into it. */
    static ApiServer at(Config config, Duration answerWithin) {
        config.setRequestRetryBackoffLimit(0);
        config.setRequestTimeout(Math.toIntExact(answerWithin.toMillis()));
        config.setConnectionTimeout(Math.toIntExact(answerWithin.toMillis()));
        RetryAfter retryAfter = new RetryAfter();
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("retry-after", retryAfter))
                .build();
        return new ApiServer(client, retryAfter);
    }

    /**
     * Asks one thing.
     *
     * @throws TargetTrouble when the answer is not a success, or does not come in time
     */
    <T> T ask(Need need, Deadline deadline, Function<KubernetesClient, T> question)
            throws TargetTrouble, InterruptedException {
        FutureTask<T> answer = new FutureTask<>(() -> question.apply(client));
        Thread.ofVirtual().name("kubernetes").start(answer);
        try {
            return answer.get(deadline.nanosLeft(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            throw Answers.noneInTime(need, deadline);
        } catch (ExecutionException e) {
            throw Answers.trouble(need, e, retryAfter.last());
        } finally {
            answer.cancel(true);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
