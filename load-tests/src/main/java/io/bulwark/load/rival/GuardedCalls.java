package io.bulwark.load.rival;

import akka.http.javadsl.model.HttpResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An application that calls a service, behind circuits that somebody keeps. */
final class GuardedCalls implements BackEnd {
    /** The service's name in the paths. */
    static final String SERVICE = "payments";

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Breakers breakers;
    private final URI service;

    GuardedCalls(Breakers breakers, URI service) {
        this.breakers = breakers;
        this.service = service;
    }

    @Override
    public CompletionStage<HttpResponse> answer(Asked asked) {
        return breakers.ask(asked.tenant())
                .thenCompose(leave -> leave.map(this::call)
                        .orElseGet(() -> CompletableFuture.completedFuture(
                                Answers.json(503, "{\"title\":\"The circuit is open\"}"))));
    }

    private CompletionStage<HttpResponse> call(Breakers.Leave leave) {
        long start = System.nanoTime();
        HttpRequest request = HttpRequest.newBuilder(service.resolve("/call"))
                .timeout(ANSWER_WITHIN)
                .build();
        return http.sendAsync(request, BodyHandlers.ofString())
                .thenApply(java.net.http.HttpResponse::statusCode)
                .exceptionally(failure -> 502)
                .thenApply(status -> {
                    leave.ended(status < 500, Duration.ofNanos(System.nanoTime() - start));
                    return Answers.json(status, "{}");
                });
    }
}
