package io.bulwark.http.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import io.bulwark.http.server.TestListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwksKeysTest {
    private final AtomicInteger fetches = new AtomicInteger();
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private CompletionStage<JWKSet> answer = CompletableFuture.completedStage(new JWKSet(List.of(key("a"))));
    private final JwksKeys keys = new JwksKeys(this::fetch, () -> now);

    private CompletionStage<JWKSet> fetch() {
        fetches.incrementAndGet();
        return answer;
    }

    private static JWK key(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate().toPublicJWK();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private Optional<String> find(String id) {
        return TestListener.await(keys.find(Optional.of(id))).map(JWK::getKeyID);
    }

    @Test
    void aKey_isFetchedOnce_andUsedWhileItIsFresh() {
        assertThat(find("a")).contains("a");
        now = now.plus(JwksKeys.FRESH_FOR).minusMillis(1);
        assertThat(find("a")).contains("a");
        assertThat(fetches).hasValue(1);
        now = now.plusMillis(1);
        assertThat(find("a")).contains("a");
        assertThat(fetches).hasValue(2);
    }

    @Test
    void anUnknownKey_isFetched_butNotMoreOftenThanAllowed() {
        assertThat(find("a")).contains("a");
        for (int i = 0; i < 100; i++) {
            assertThat(find("invented" + i)).isEmpty();
        }
        assertThat(fetches).hasValue(1);
        now = now.plus(JwksKeys.APART);
        answer = CompletableFuture.completedStage(new JWKSet(List.of(key("a"), key("b"))));
        assertThat(find("b")).contains("b");
        assertThat(fetches).hasValue(2);
    }

    @Test
    void tokensThatComeTogether_shareOneFetch() {
        CompletableFuture<JWKSet> later = new CompletableFuture<>();
        answer = later;
        var first = keys.find(Optional.of("a"));
        var second = keys.find(Optional.of("a"));
        later.complete(new JWKSet(List.of(key("a"))));

        assertThat(TestListener.await(first)).isPresent();
        assertThat(TestListener.await(second)).isPresent();
        assertThat(fetches).hasValue(1);
    }

    @Test
    void aSetThatCannotBeFetched_failsTheFirst_andLaterOnesGoOnWithTheOldKeys() {
        answer = CompletableFuture.failedStage(new IOException("away"));
        assertThat(keys.find(Optional.of("a")).toCompletableFuture()).isCompletedExceptionally();
        assertThat(keys.find(Optional.of("a")).toCompletableFuture()).isCompletedExceptionally();
        assertThat(fetches).hasValue(1);
        now = now.plus(JwksKeys.APART);
        answer = CompletableFuture.completedStage(new JWKSet(List.of(key("a"))));
        assertThat(find("a")).contains("a");
        now = now.plus(Duration.ofHours(1));
        answer = CompletableFuture.failedStage(new IOException("away"));
        assertThat(find("a")).contains("a");
    }

    @Test
    void aTokenWithoutAKeyId_isForTheOnlyKey_ifThereIsOnlyOne() {
        assertThat(TestListener.await(keys.find(Optional.empty()))).isPresent();
        now = now.plus(JwksKeys.FRESH_FOR);
        answer = CompletableFuture.completedStage(new JWKSet(List.of(key("a"), key("b"))));
        TestListener.await(keys.find(Optional.of("a")));
        assertThat(TestListener.await(keys.find(Optional.empty()))).isEmpty();
    }

    @Test
    void aFile_isReadAgain_andItsSharedSecretsAreLeftOut(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("keys.json");
        OctetSequenceKey secret = new OctetSequenceKeyGenerator(256).keyID("s").generate();
        Files.writeString(file, new JWKSet(List.of(key("a"), secret)).toString(false));

        assertThat(TestListener.await(JwksSource.file(file).fetch()).getKeys())
                .extracting(JWK::getKeyID)
                .containsExactly("a");
        Files.writeString(file, "{}");
        assertThat(JwksSource.file(file).fetch().toCompletableFuture()).isCompletedExceptionally();
        assertThat(JwksSource.file(directory.resolve("none")).fetch().toCompletableFuture())
                .isCompletedExceptionally();
    }

    @Test
    void anAddress_isAsked_andMustAnswer200WithASetOfBoundedSize() throws IOException {
        byte[] set = new JWKSet(List.of(key("a"))).toString().getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve(server, "/keys", 200, set);
        serve(server, "/missing", 404, set);
        serve(server, "/large", 200, new byte[JwksSource.BYTES_MAX + 1]);
        server.start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI root = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            assertThat(TestListener.await(JwksSource.address(client, root.resolve("/keys"))
                                    .fetch())
                            .getKeys())
                    .hasSize(1);
            assertThat(failure(JwksSource.address(client, root.resolve("/missing"))))
                    .contains("404");
            assertThat(failure(JwksSource.address(client, root.resolve("/large"))))
                    .isNotEmpty();
        } finally {
            server.stop(0);
        }
    }

    private static String failure(JwksSource source) {
        return TestListener.await(source.fetch().handle((set, failure) -> String.valueOf(failure)));
    }

    private static void serve(HttpServer server, String path, int status, byte[] body) {
        server.createContext(path, exchange -> {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }
}
