package io.bulwark.load.rival;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Circuits that a Bulwark keeps for all processes: asked before each call, told after it. */
final class BulwarkPermits implements Breakers {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI bulwark;
    private final String token;

    BulwarkPermits(URI bulwark, String token) {
        this.bulwark = bulwark;
        this.token = token;
    }

    @Override
    public CompletionStage<Optional<Leave>> ask(String tenant) {
        return post(tenant, "permit", "{}").thenApply(reply -> switch (reply.statusCode()) {
            case 200 -> Optional.of(leave(tenant, reply.body()));
            case 503 -> Optional.empty();
            default -> throw new IllegalStateException("Bulwark answered " + reply.statusCode() + " " + reply.body());
        });
    }

    private Leave leave(String tenant, String permit) {
        String id = Asked.of("/", permit).json().path("permit").asText();
        return (well, took) -> post(
                tenant,
                "report",
                "{\"permit\":\"" + id + "\",\"outcome\":\"" + (well ? "success" : "failure") + "\",\"took\":\"" + took
                        + "\"}");
    }

    private CompletionStage<HttpResponse<String>> post(String tenant, String verb, String json) {
        URI uri = bulwark.resolve("/v1/tenants/" + tenant + "/circuits/" + GuardedCalls.SERVICE + "/" + verb);
        return http.sendAsync(
                HttpRequest.newBuilder(uri)
                        .timeout(ANSWER_WITHIN)
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
