package io.bulwark.persistence.repository.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import io.bulwark.persistence.repository.remote.RemoteLimits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The JDK's HTTP client for the Azure SDK. An answer counts only when it is there whole, which is at most one range of an
 * object or one page of a listing: so the bound and the next attempt of a request cover its body too. Azure's own adapter
 * (azure-core-http-jdk-httpclient 1.1.4) streams bodies, and a read that was answered 503 then fails instead of being tried
 * again, because it takes the body twice.
 */
final class JdkHttpClient implements HttpClient, AutoCloseable {
    /** Set by the JDK's client itself, which refuses them from others. */
    private static final Set<String> NOT_OURS = Set.of("content-length", "host", "connection", "expect", "upgrade");

    /** A page of a listing is smaller. */
    private static final int ANSWER_BYTES_MIN = 16 << 20;

    private final java.net.http.HttpClient client;
    /**
     * Of threads of its own: {@code sendAsync} hands its answers out on the common pool of the JVM, which on a small machine is
     * one thread, and whoever blocks it would hold up the archive.
     */
    private final Scheduler scheduler = Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor());

    private final Duration attemptWithin;
    private final long answerBytesMax;

    JdkHttpClient(RemoteLimits limits) {
        client = java.net.http.HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .connectTimeout(limits.connectWithin())
                .build();
        attemptWithin = limits.attemptWithin();
        answerBytesMax = Math.max(ANSWER_BYTES_MIN, limits.partBytes());
    }

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
        return Mono.<HttpResponse>fromCallable(() -> answer(request)).subscribeOn(scheduler);
    }

    private WholeAnswer answer(HttpRequest request) throws IOException, InterruptedException {
        var answer =
                client.send(translated(request), BodyHandlers.limiting(BodyHandlers.ofByteArray(), answerBytesMax));
        return new WholeAnswer(request, answer.statusCode(), headers(answer), answer.body());
    }

    /** What is under way is given up. */
    @Override
    public void close() {
        client.shutdownNow();
        scheduler.dispose();
    }

    private java.net.http.HttpRequest translated(HttpRequest request) {
        var builder = java.net.http.HttpRequest.newBuilder(
                        URI.create(request.getUrl().toString()))
                .timeout(attemptWithin)
                .method(request.getHttpMethod().toString(), body(request.getBodyAsBinaryData()));
        request.getHeaders().stream()
                .filter(header -> !NOT_OURS.contains(header.getName().toLowerCase(Locale.ROOT)))
                .forEach(header -> header.getValuesList().forEach(value -> builder.header(header.getName(), value)));
        return builder.build();
    }

    private static BodyPublisher body(@Nullable BinaryData data) {
        if (data == null || data.getLength() == null || data.getLength() == 0) {
            return BodyPublishers.noBody();
        }
        return BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(data::toStream), data.getLength());
    }

    private static HttpHeaders headers(java.net.http.HttpResponse<byte[]> answer) {
        HttpHeaders headers = new HttpHeaders();
        answer.headers().map().forEach((name, values) -> headers.set(HttpHeaderName.fromString(name), values));
        return headers;
    }
}
