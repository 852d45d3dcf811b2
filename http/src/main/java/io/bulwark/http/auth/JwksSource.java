package io.bulwark.http.auth;

import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Where a set of public keys (RFC 7517, 5) is kept. */
@FunctionalInterface
public interface JwksSource {
    /** The most bytes that a set may have. */
    int BYTES_MAX = 1 << 20;

    /** Reads the set anew; fails when it cannot be had or is none. */
    CompletionStage<JWKSet> fetch();

    /** A file, read again at each fetch. */
    static JwksSource file(Path file) {
        return () -> {
            try {
                if (Files.size(file) > BYTES_MAX) {
                    throw new IOException("The key set " + file + " has more than " + BYTES_MAX + " bytes");
                }
                return CompletableFuture.completedStage(parse(Files.readString(file), file));
            } catch (IOException e) {
                return CompletableFuture.failedStage(e);
            }
        };
    }

    /**
     * An address, asked again at each fetch, with five seconds to answer.
     *
     * @param client not following redirects, so that the keys come from where the operator said
     */
    static JwksSource address(HttpClient client, URI address) {
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("Accept", "application/jwk-set+json, application/json")
                .timeout(Duration.ofSeconds(5))
                .build();
        return () -> client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), BYTES_MAX))
                .thenCompose(response -> answered(response, address));
    }

    private static CompletionStage<JWKSet> answered(HttpResponse<byte[]> response, URI address) {
        if (response.statusCode() != 200) {
            return CompletableFuture.failedStage(
                    new IOException("The key set at " + address + " was answered with " + response.statusCode()));
        }
        try {
            return CompletableFuture.completedStage(
                    parse(new String(response.body(), StandardCharsets.UTF_8), address));
        } catch (IOException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private static JWKSet parse(String text, Object where) throws IOException {
        try {
            return JWKSet.parse(text).toPublicJWKSet();
        } catch (ParseException e) {
            throw new IOException("What is at " + where + " is not a JSON Web Key Set", e);
        }
    }
}
