package io.bulwark.http.gateway;

import akka.actor.Cancellable;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpProtocols;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.ResponseEntity;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** One try of one call on one connection: connect, send, wait for the head, watch the body. */
final class Attempt {
    private final Connections connections;
    private final Delays delays;
    private final Duration timeout;
    private final Duration bodyIdle;
    private final Connection connection;
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();

    private Attempt(
            Connections connections, Delays delays, Duration timeout, Duration bodyIdle, Connection connection) {
        this.connections = connections;
        this.delays = delays;
        this.timeout = timeout;
        this.bodyIdle = bodyIdle;
        this.connection = connection;
    }

    /**
     * Tries, on a kept connection if there is one, and if that turns out to be closed, on a new one. The stage never
     * fails.
     *
     * @param timeout from the end of the request to the end of the answer's head
     */
    static CompletionStage<Reply> start(
            Connections connections,
            Delays delays,
            Duration timeout,
            Duration bodyIdle,
            HttpRequest request,
            CompletionStage<BodyEnd> uploaded) {
        return new Attempt(connections, delays, timeout, bodyIdle, connections.take())
                .run(request, uploaded)
                .thenCompose(reply -> reply instanceof Reply.NotSent(var why, boolean refused, boolean touched)
                                && !refused
                                && !touched
                        ? new Attempt(connections, delays, timeout, bodyIdle, connections.fresh())
                                .run(request, uploaded)
                        : CompletableFuture.completedFuture(reply));
    }

    private CompletionStage<Reply> run(HttpRequest request, CompletionStage<BodyEnd> uploaded) {
        connection.established().whenComplete((made, failure) -> {
            if (failure != null) {
                reply.complete(new Reply.NotSent("no connection: " + reason(failure), true, false));
            } else {
                send(request, uploaded);
            }
        });
        return reply;
    }

    private void send(HttpRequest request, CompletionStage<BodyEnd> uploaded) {
        CompletionStage<HttpResponse> answer = connection.send(request);
        uploaded.thenAccept(end -> limit(answer, request));
        answer.whenComplete((response, failure) -> {
            if (failure != null) {
                connection.kill("The call failed");
                fail(request, new Reply.Broken(reason(failure)));
            } else {
                reply.complete(head(request, response, uploaded));
            }
        });
    }

    /** The deadline runs once the request is sent; until then the body's own bounds stand. */
    private void limit(CompletionStage<HttpResponse> answer, HttpRequest request) {
        Cancellable timer = delays.schedule(timeout, () -> {
            fail(request, new Reply.Late("no answer within " + timeout));
            connection.kill("No answer within " + timeout);
        });
        answer.whenComplete((response, failure) -> timer.cancel());
    }

    /** Only what the wire has sealed was certainly not sent. */
    private void fail(HttpRequest request, Reply sent) {
        if (!reply.isDone()) {
            boolean nothingSent = connection.nothingWasSent();
            reply.complete(
                    nothingSent
                            ? new Reply.NotSent("the connection closed before use", false, touches(request))
                            : sent);
        }
    }

    private static boolean touches(HttpRequest request) {
        return !request.entity().isStrict();
    }

    /** The answer to a HEAD has a length and no body: it is over with its head. */
    private Reply head(HttpRequest request, HttpResponse response, CompletionStage<BodyEnd> uploaded) {
        boolean keeps = keepsAlive(response);
        if (response.entity().isStrict() || request.method().name().equals("HEAD")) {
            CompletionStage<BodyEnd> end = CompletableFuture.completedFuture(BodyEnd.COMPLETE);
            release(end, uploaded, keeps);
            return new Reply.Head(response, end);
        }
        WatchedBody watched = new WatchedBody(response.entity().getContentLengthOption(), Long.MAX_VALUE, bodyIdle);
        release(watched.end(), uploaded, keeps);
        delays.schedule(bodyIdle, watched::giveUpUnlessTaken);
        return new Reply.Head(response.withEntity(watch(response.entity(), watched)), watched.end());
    }

    /** Keeps the connection when both bodies went over whole; any other end leaves bytes behind that nobody expects. */
    private void release(CompletionStage<BodyEnd> answered, CompletionStage<BodyEnd> uploaded, boolean keeps) {
        answered.thenAccept(end -> {
            boolean whole = end == BodyEnd.COMPLETE
                    && uploaded.toCompletableFuture().getNow(BodyEnd.UNWANTED) == BodyEnd.COMPLETE;
            if (whole && keeps) {
                connections.giveBack(connection);
            } else {
                if (whole) {
                    connection.clean();
                }
                connection.kill("Its call is over");
            }
        });
    }

    private static boolean keepsAlive(HttpResponse response) {
        boolean persistent = response.protocol().equals(HttpProtocols.HTTP_1_1)
                && !response.entity().isCloseDelimited();
        for (var header : response.getHeaders()) {
            if (header.is("connection") && HeaderHygiene.tokens(header.value()).contains("close")) {
                return false;
            }
        }
        return persistent;
    }

    private static ResponseEntity watch(ResponseEntity entity, WatchedBody watched) {
        Source<ByteString, Object> data = entity.getDataBytes().via(watched);
        return entity instanceof HttpEntity.Default sized
                ? HttpEntities.create(
                        sized.getContentType(), sized.getContentLengthOption().orElseThrow(), data)
                : HttpEntities.createChunked(entity.getContentType(), data);
    }

    private static String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
