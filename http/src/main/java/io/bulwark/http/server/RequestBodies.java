package io.bulwark.http.server;

import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.model.HttpEntity;
import akka.util.ByteString;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads the whole body of a request; its size and the time it takes are bounded by the listener. */
public final class RequestBodies {
    private static final byte[] EMPTY = {'{', '}'};

    private final ClassicActorSystemProvider system;
    private final long bytesMax;
    private final long withinMillis;

    /** @param settings of the listener that the requests come from */
    public RequestBodies(ClassicActorSystemProvider system, ListenerSettings settings) {
        this.system = system;
        this.bytesMax = settings.bounds().bodyBytesMax();
        // The listener's own deadline is the one that is answered; this one only has to come after it.
        this.withinMillis = settings.bodyDeadline()
                .multipliedBy(2)
                .plus(Duration.ofSeconds(1))
                .toMillis();
    }

    /** The body; the stage fails when it breaks off, which the listener turns into the right problem. */
    public CompletionStage<ByteString> read(Call call) {
        return call.request().entity() instanceof HttpEntity.Strict strict
                ? CompletableFuture.completedFuture(strict.getData())
                : call.request()
                        .entity()
                        .toStrict(withinMillis, bytesMax, system)
                        .thenApply(HttpEntity.Strict::getData);
    }

    /** The body as JSON. */
    public <T> CompletionStage<T> json(Call call, Class<T> type) {
        return read(call).thenApply(bytes -> Json.parse(bytes.toArrayUnsafe(), type));
    }

    /** The body as JSON; no body at all stands for an object without members. */
    public <T> CompletionStage<T> jsonOrEmpty(Call call, Class<T> type) {
        return read(call).thenApply(bytes -> Json.parse(bytes.isEmpty() ? EMPTY.clone() : bytes.toArrayUnsafe(), type));
    }
}
