package io.bulwark.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bulwark.grammar.Name;
import io.bulwark.http.auth.LocalKey;
import io.bulwark.http.auth.TokenAuthorizer;
import io.bulwark.http.auth.TokenMint;
import io.bulwark.http.auth.TokenRules;
import io.bulwark.http.auth.TokenVerifier;
import io.bulwark.http.health.Readiness;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Answers;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import io.bulwark.http.server.TestListener;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A whole HTTP surface over stand-ins; each answer is held against the OpenAPI document. */
final class ContractFixture implements AutoCloseable {
    /** The gateway's place in the table; it has tests of its own. */
    static final Route GUARDED = new Route(
            "*",
            "/t/{tenant}/{service}/{path…}",
            Access.ofTenant(Role.CALLER),
            call -> CompletableFuture.completedStage(Answers.noContent()));

    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
    final InstantSource clock = now::get;
    final StandInLedger ledger = new StandInLedger(clock);
    final StandInServices services = new StandInServices();
    final StandInTenants tenants = new StandInTenants();
    final StandInMembers cluster = new StandInMembers();
    final StandInScaling scaling = new StandInScaling();
    final StandInBackups backups = new StandInBackups();
    final StandInRestores restores = new StandInRestores();
    volatile List<Readiness.Check> checks = List.of(new Readiness.Check("database", true, "It answers."));

    private final AtomicReference<@Nullable StandInGuards> guards = new AtomicReference<>();
    private final List<Route> routes = new CopyOnWriteArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final TokenMint mint;
    private final TestListener listener;
    private final ContractDocument document;

    ContractFixture(Path directory) throws IOException, InterruptedException {
        LocalKey key = LocalKey.open(directory).key();
        mint = new TokenMint(key, TokenRules.AUDIENCE, clock, new SplittableRandom(3));
        TokenVerifier verifier = new TokenVerifier(key, TokenRules.DEFAULT, clock);
        listener = new TestListener(new TokenAuthorizer(verifier), Map.of(), (system, bodies) -> {
            StandInGuards standIn = new StandInGuards(system);
            guards.set(standIn);
            Ports ports = new Ports(
                    standIn,
                    services,
                    ledger,
                    tenants,
                    cluster,
                    scaling,
                    backups,
                    restores,
                    () -> checks,
                    clock,
                    new SplittableRandom(5),
                    new SimpleMeterRegistry());
            List<Route> table = Routes.all(ports, bodies, GUARDED);
            routes.addAll(table);
            return table;
        });
        document = new ContractDocument(
                send("GET", "/openapi.json", "", Map.of()).body().getBytes(StandardCharsets.UTF_8));
    }

    /** How many answers were counted as given without the guard. */
    double degraded() {
        return listener.meters().get("bulwark.calls.degraded").counter().count();
    }

    /** What a call was answered with. */
    record Answer(int status, HttpResponse<String> response, String body) {
        JsonNode json() {
            try {
                return new ObjectMapper().readTree(body);
            } catch (IOException e) {
                throw new IllegalStateException(body, e);
            }
        }

        String problem() {
            String type = json().path("type").asText();
            return type.substring(type.lastIndexOf(':') + 1);
        }

        Optional<String> header(String name) {
            return response.headers().firstValue(name);
        }
    }

    StandInGuards guards() {
        StandInGuards standIn = guards.get();
        if (standIn == null) {
            throw new IllegalStateException("The listener is not bound");
        }
        return standIn;
    }

    List<Route> routes() {
        return List.copyOf(routes);
    }

    ContractDocument document() {
        return document;
    }

    /**
     * Sends a call as an admin of all tenants.
     *
     * @param template the path in the document; it is checked that the answer is one of those documented there
     * @param path the path that is sent
     */
    Answer call(String method, String template, String path, String body, String... headers) {
        try {
            HttpResponse<String> response = send(method, path, body, pairs(headers));
            String type = response.headers().firstValue("content-type").orElse("");
            document.checkAnswer(method, template, response.statusCode(), type, response.body());
            return new Answer(response.statusCode(), response, response.body());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(method + " " + path, e);
        }
    }

    /** A token for a tenant, or, if it is {@code *}, for all. */
    String token(String tenant, Role role) {
        Optional<Name> name = tenant.equals("*") ? Optional.empty() : Optional.of(new Name(tenant));
        return mint.issue("test", name, Set.of(role), Duration.ofDays(1));
    }

    /** Reads an answer of which there is no end; to be closed by the reader. */
    HttpResponse<InputStream> read(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(listener.uri(path)).header("Authorization", "Bearer " + token("*", Role.VIEWER));
        pairs(headers).forEach(request::header);
        try {
            return client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("GET " + path, e);
        }
    }

    private HttpResponse<String> send(String method, String path, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(listener.uri(path))
                .timeout(Duration.ofSeconds(30))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!headers.containsKey("Authorization")) {
            request.header("Authorization", "Bearer " + token("*", Role.ADMIN));
        }
        headers.forEach(request::header);
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static Map<String, String> pairs(String... headers) {
        return switch (headers.length) {
            case 0 -> Map.of();
            case 2 -> Map.of(headers[0], headers[1]);
            case 4 -> Map.of(headers[0], headers[1], headers[2], headers[3]);
            default -> throw new IllegalArgumentException("Expected names and values");
        };
    }

    @Override
    public void close() {
        client.close();
        listener.close();
    }
}
