package io.bulwark.http.health;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Answers;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.Problem;
import io.bulwark.http.server.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** The open routes: liveness, readiness and the contract. */
public final class HealthRoutes {
    private static final String CONTRACT = "openapi.json";
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Readiness readiness;
    private final HttpResponse contract;

    /** Asks the port at each call. */
    public HealthRoutes(Readiness readiness) {
        this.readiness = readiness;
        this.contract =
                HttpResponse.create().withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, contract()));
    }

    /** The lines of the route table. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/livez", Access.open(), this::live),
                new Route("GET", "/readyz", Access.open(), this::ready),
                new Route("GET", "/openapi.json", Access.open(), call -> CompletableFuture.completedStage(contract)));
    }

    /** Says only that the listener answers: what it needs from elsewhere is no reason to kill this process. */
    private CompletionStage<HttpResponse> live(Call call) {
        return CompletableFuture.completedStage(Answers.json(200, Map.of("status", "live")));
    }

    private CompletionStage<HttpResponse> ready(Call call) {
        List<Readiness.Check> checks = readiness.checks();
        List<String> failing = checks.stream()
                .filter(check -> !check.ready())
                .map(check -> check.name() + " (" + check.reason() + ")")
                .toList();
        if (!failing.isEmpty()) {
            throw notReady(failing.stream().collect(Collectors.joining(", ")), checks)
                    .exception();
        }
        return CompletableFuture.completedStage(Answers.json(200, Map.of("status", "ready", "checks", checks)));
    }

    private static Problem notReady(String failing, List<Readiness.Check> checks) {
        return Problem.unavailable(
                        "not-ready", "The node is not ready", "Not ready: " + failing + ". Send calls elsewhere.", SOON)
                .with("checks", checks);
    }

    private static byte[] contract() {
        try (InputStream in = HealthRoutes.class.getResourceAsStream(CONTRACT)) {
            if (in == null) {
                throw new IllegalStateException("The resource " + CONTRACT + " is missing from the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
