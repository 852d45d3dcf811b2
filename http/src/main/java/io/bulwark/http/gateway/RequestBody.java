package io.bulwark.http.gateway;

import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.RequestEntity;
import akka.http.scaladsl.model.EntityStreamException;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The body of a client's request, read whole or passed on, once; what is left unread is the listener's to put away. */
final class RequestBody {
    private final RequestEntity entity;
    private final Means means;

    RequestBody(RequestEntity entity, Means means) {
        this.entity = entity;
        this.means = means;
    }

    /** The whole body in memory; fails with 413, 408 or 400 when it is too large, too slow or breaks off. */
    CompletionStage<ByteString> read() {
        refuseTooLarge();
        if (entity instanceof HttpEntity.Strict strict) {
            return CompletableFuture.completedFuture(strict.getData());
        }
        return readAsItComes();
    }

    private CompletionStage<ByteString> readAsItComes() {
        WatchedBody bounded = bounded();
        CompletableFuture<ByteString> whole = entity.withoutSizeLimit()
                .getDataBytes()
                .via(bounded)
                .completionTimeout(means.settings().requestBodyWithin())
                .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), means.system())
                .toCompletableFuture();
        return whole.handle((bytes, failure) -> {
            if (failure == null) {
                return bytes.compact();
            }
            // The listener knows better than we do why its connection broke off.
            throw failure instanceof EntityStreamException broken
                    ? new CompletionException(broken)
                    : problem(bounded.end().toCompletableFuture().getNow(BodyEnd.STALLED));
        });
    }

    /** The body as it comes, and how it ends; fails with 413 when it is announced as too large. */
    Streamed stream() {
        refuseTooLarge();
        if (entity.isStrict()) {
            return new Streamed(entity, CompletableFuture.completedFuture(BodyEnd.COMPLETE));
        }
        WatchedBody watched = bounded();
        Source<ByteString, Object> data =
                entity.withoutSizeLimit().getDataBytes().via(watched);
        OptionalLong length = entity.getContentLengthOption();
        RequestEntity passed = length.isPresent()
                ? HttpEntities.create(entity.getContentType(), length.getAsLong(), data)
                : HttpEntities.createChunked(entity.getContentType(), data);
        return new Streamed(passed, watched.end());
    }

    /** What the client hears when its body ended in this way. */
    RuntimeException problem(BodyEnd end) {
        return switch (end) {
            case TOO_LARGE -> GatewayProblems.bodyTooLarge(bytesMax());
            case STALLED, UNWANTED ->
                GatewayProblems.bodyTooSlow(means.settings().requestBodyWithin());
            case BROKE_OFF, COMPLETE -> GatewayProblems.bodyBrokeOff();
        };
    }

    private void refuseTooLarge() {
        if (entity.getContentLengthOption().orElse(0) > bytesMax()) {
            throw GatewayProblems.bodyTooLarge(bytesMax());
        }
    }

    private WatchedBody bounded() {
        return new WatchedBody(
                entity.getContentLengthOption(), bytesMax(), means.settings().bodyIdle());
    }

    private long bytesMax() {
        return means.settings().requestBodyMax();
    }

    /** A body on its way through. */
    record Streamed(RequestEntity entity, CompletionStage<BodyEnd> end) {}
}
