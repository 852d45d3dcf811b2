package io.bulwark.http.server;

import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.model.headers.RawRequestURI;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Takes each request through routing, authorization and its handler, and never fails. */
final class Calls {
    /** As Akka models it: a raw header of this name is ignored. */
    private static final HttpHeader CLOSE = akka.http.javadsl.model.headers.Connection.create("close");

    private static final Duration OVERLOAD_PASSES = Duration.ofSeconds(1);

    private final ClassicActorSystemProvider system;
    private final Router router;
    private final Authorizer authorizer;
    private final CallMetrics metrics;
    private final RandomGenerator random;
    private final int callsMax;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicReference<CompletableFuture<Void>> settled = new AtomicReference<>(new CompletableFuture<>());
    private volatile boolean ending;

    Calls(
            ClassicActorSystemProvider system,
            ListenerSettings settings,
            List<Route> routes,
            Authorizer authorizer,
            MeterRegistry meters,
            CallStatistics statistics,
            RandomGenerator random) {
        this.system = system;
        this.router = new Router(routes);
        this.authorizer = authorizer;
        this.metrics = new CallMetrics(meters, statistics, routes);
        this.random = random;
        this.callsMax = settings.callsMax();
        meters.gauge("bulwark.http.calls.in.flight", inFlight);
    }

    /** The trace of bytes that never became a request. */
    TraceContext trace() {
        return TraceContext.begin(random);
    }

    /** From now on answers say that the connection closes. */
    void announceEnd() {
        ending = true;
    }

    /** Completes when no call is in flight; asked again while it has not, only the last who asked is told. */
    CompletableFuture<Void> settled() {
        CompletableFuture<Void> asked = new CompletableFuture<>();
        settled.set(asked);
        completeIfSettled();
        return asked;
    }

    boolean areInFlight() {
        return inFlight.get() > 0;
    }

    CompletionStage<HttpResponse> serve(HttpRequest request, Connection connection) {
        Progress progress = new Progress(request, connection);
        inFlight.incrementAndGet();
        connection.callBegins();
        return progress.answer().thenApply(progress::end);
    }

    private void completeIfSettled() {
        if (!areInFlight()) {
            settled.get().complete(null);
        }
    }

    private static String target(HttpRequest request) {
        return request.getHeader(RawRequestURI.class)
                .map(RawRequestURI::uri)
                .orElseGet(() -> request.getUri().getPathString());
    }

    /** One call on its way. */
    private final class Progress {
        private final HttpRequest request;
        private final Connection connection;
        private final Timer.Sample sample = metrics.start();
        private final TraceContext trace;
        private String key = CallMetrics.unrouted();

        Progress(HttpRequest request, Connection connection) {
            this.request = request;
            this.connection = connection;
            this.trace = TraceContext.of(header("traceparent"), random);
        }

        CompletionStage<HttpResponse> answer() {
            return begun().handle((response, failure) ->
                            failure == null ? CompletableFuture.completedStage(response) : refused(failure))
                    .thenCompose(Function.identity());
        }

        private CompletionStage<HttpResponse> begun() {
            try {
                RequestTarget target = RequestTarget.of(target(request));
                return switch (router.find(request.method().value(), target)) {
                    case Router.Found.Match match -> matched(match);
                    case Router.Found.OtherMethods(var allowed) -> throw otherMethods(String.join(", ", allowed));
                    case Router.Found.Nothing() -> throw nothing().exception();
                };
            } catch (RuntimeException e) {
                return CompletableFuture.failedStage(e);
            }
        }

        private CompletionStage<HttpResponse> matched(Router.Found.Match match) {
            Route route = match.route();
            key = CallMetrics.key(route);
            if (inFlight.get() > callsMax && !(route.access() instanceof Access.Open)) {
                throw overloaded().exception();
            }
            Call call = new Call(request, match.variables(), trace);
            return authorizer
                    .authorize(
                            request,
                            route.access(),
                            Optional.ofNullable(call.variables().get("tenant")))
                    .thenCompose(allowed -> route.handler().handle(call));
        }

        /** A body that nobody read is read now, so that the client can read the answer and keep the connection. */
        private CompletionStage<HttpResponse> refused(Throwable failure) {
            if (request.entity() instanceof HttpEntity.Strict
                    || header("expect").isPresent()) {
                return CompletableFuture.completedStage(Failures.answer(failure, trace, connection));
            }
            return request.entity()
                    .discardBytes(system)
                    .completionStage()
                    .handle((done, broken) -> Failures.answer(failure, trace, connection));
        }

        HttpResponse end(HttpResponse response) {
            metrics.stop(sample, key, response.status().intValue());
            if (Degraded.isMarked(response)) {
                metrics.degraded();
            }
            connection.callEnds();
            inFlight.decrementAndGet();
            completeIfSettled();
            return ending ? response.addHeader(CLOSE) : response;
        }

        private Optional<String> header(String name) {
            return request.getHeader(name).map(header -> header.value());
        }

        private ProblemException otherMethods(String allowed) {
            return new ProblemException(
                    Problem.of(
                            405,
                            "method-not-allowed",
                            "The method is not allowed",
                            "The path does not take " + request.method().value() + ": expected " + allowed + "."),
                    List.of(RawHeader.create("Allow", allowed)));
        }

        private Problem nothing() {
            return Problem.notFound("no-such-route", "No route has this path: /openapi.json lists all of them.");
        }

        private Problem overloaded() {
            return Problem.unavailable(
                    "overloaded",
                    "Too many calls at once",
                    "This node is working on " + callsMax + " calls, the most that it takes: try again.",
                    OVERLOAD_PASSES);
        }
    }
}
