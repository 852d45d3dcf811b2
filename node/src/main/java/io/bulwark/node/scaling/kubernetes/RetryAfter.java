package io.bulwark.node.scaling.kubernetes;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * Keeps what the last refusal said of {@code Retry-After}, which fabric8's exceptions leave out. The API server gives
 * seconds (RFC 9110, 10.2.3); a date is taken for nothing. A target is asked by one caller at a time, so the last refusal
 * is that of the question which has just failed.
 */
final class RetryAfter implements Interceptor {
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");

    private volatile Optional<Duration> last = Optional.empty();

    /** What the last refusal said. */
    Optional<Duration> last() {
        return last;
    }

    /** The one hook that has run before fabric8 throws; that of successful answers may run after. */
    @Override
    public CompletableFuture<Boolean> afterFailure(BasicBuilder request, HttpResponse<?> refusal, RequestTags tags) {
        last = Optional.ofNullable(refusal.header("Retry-After"))
                .map(String::strip)
                .filter(SECONDS.asMatchPredicate())
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
        return CompletableFuture.completedFuture(false);
    }
}
