package io.bulwark.http.scaling;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.BoundedSourceQueue;
import akka.stream.QueueOfferResult;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.Json;
import io.bulwark.http.server.Problem;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import io.bulwark.scaling.Decision;
import io.bulwark.scaling.Scaling;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The decisions as they are made, as server-sent events (HTML, 9.2): one event {@code decision} each, whose id is the
 * decision's number. Who comes again with {@code Last-Event-ID} gets what it missed, as far as it is among the last 20. A
 * reader that is too slow is disconnected, and comes again.
 */
public final class ScalingFeed {
    /** The most readers of one node. */
    static final int READERS_MAX = 100;

    private static final int UNREAD_MAX = 64;
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(15);
    private static final Duration LATER = Duration.ofSeconds(10);
    private static final ByteString ALIVE = ByteString.fromString(":\n\n");

    private final Scaling scaling;
    private final AtomicInteger readers = new AtomicInteger();

    /** Follows this node's copy. */
    public ScalingFeed(Scaling scaling) {
        this.scaling = scaling;
    }

    /** The line of the route table. */
    public List<Route> routes() {
        return List.of(new Route("GET", "/v1/scaling/events", Access.ofCluster(Role.VIEWER), this::read));
    }

    private CompletionStage<HttpResponse> read(Call call) {
        long after = call.header("Last-Event-ID").map(ScalingFeed::number).orElse(Long.MAX_VALUE);
        long since = after == Long.MAX_VALUE ? latest() : after;
        if (readers.incrementAndGet() > READERS_MAX) {
            readers.decrementAndGet();
            throw full().exception();
        }
        Source<ByteString, BoundedSourceQueue<ByteString>> events = Source.queue(UNREAD_MAX);
        Source<ByteString, ?> body = events.mapMaterializedValue(queue -> followed(queue, since))
                .watchTermination((unfollow, done) -> done.whenComplete((_, _) -> {
                    unfollow.run();
                    readers.decrementAndGet();
                }))
                .keepAlive(SIGN_OF_LIFE, () -> ALIVE);
        return CompletableFuture.completedStage(HttpResponse.create()
                .addHeader(RawHeader.create("Cache-Control", "no-store"))
                .withEntity(HttpEntities.create(
                        ContentTypes.create(MediaTypes.TEXT_EVENT_STREAM),
                        Source.single(ALIVE).concat(body))));
    }

    /** One that does not read is let go once; what comes after that finds the queue closed, which is no news. */
    private Runnable followed(BoundedSourceQueue<ByteString> queue, long since) {
        return scaling.follow(since, decision -> {
            if (queue.offer(event(decision)).equals(QueueOfferResult.dropped())) {
                end(queue);
            }
        });
    }

    private static void end(BoundedSourceQueue<ByteString> queue) {
        try {
            queue.complete();
        } catch (IllegalStateException _) {
            // The reader has gone in this moment by itself.
        }
    }

    private long latest() {
        return scaling.view()
                .flatMap(view -> view.decisions().stream().map(Decision::number).max(Long::compare))
                .orElse(0L);
    }

    private static ByteString event(Decision decision) {
        String data = new String(Json.write(decision), StandardCharsets.UTF_8);
        return ByteString.fromString("id: " + decision.number() + "\nevent: decision\ndata: " + data + "\n\n");
    }

    private static long number(String text) {
        try {
            return Math.max(0, Long.parseLong(text.strip()));
        } catch (NumberFormatException e) {
            throw Problem.badRequest(
                            "invalid-request", "Last-Event-ID is '" + text + "': expected the number of a decision.")
                    .exception();
        }
    }

    private static Problem full() {
        return Problem.unavailable(
                "overloaded",
                "Too many readers",
                "This node has " + READERS_MAX + " readers of the feed, the most that it takes: try another one.",
                LATER);
    }
}
