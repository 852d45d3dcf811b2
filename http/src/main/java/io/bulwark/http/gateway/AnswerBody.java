package io.bulwark.http.gateway;

import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.ResponseEntity;
import akka.japi.Pair;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.SinkQueueWithCancel;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The body of a service's answer, read as far as it may be recorded. */
sealed interface AnswerBody {
    /** All of it. */
    record Whole(ByteString bytes) implements AnswerBody {}

    /** More than may be recorded; the entity has all of it, from the first byte. */
    record Larger(ResponseEntity entity) implements AnswerBody {}

    /** It ended, or stood still, before it was whole. */
    record Broken(boolean late) implements AnswerBody {}

    /** Reads until the end, or until it is more than {@code bytesMax}. The stage never fails. */
    static CompletionStage<AnswerBody> read(ResponseEntity entity, int bytesMax, Means means) {
        if (entity.getContentLengthOption().orElse(0) > bytesMax) {
            return CompletableFuture.completedFuture(
                    new Larger(begun(entity, ByteString.emptyByteString(), queue(entity, means))));
        }
        if (entity instanceof HttpEntity.Strict strict) {
            return CompletableFuture.completedFuture(new Whole(strict.getData().compact()));
        }
        SinkQueueWithCancel<ByteString> queue = queue(entity, means);
        CompletionStage<AnswerBody> body = pull(entity, queue, ByteString.emptyByteString(), bytesMax, means);
        return means.delays()
                .within(body, means.settings().answerBodyWithin(), () -> new Broken(true))
                .whenComplete((read, failure) -> {
                    if (read instanceof Broken) {
                        queue.cancel();
                    }
                });
    }

    private static SinkQueueWithCancel<ByteString> queue(ResponseEntity entity, Means means) {
        return entity.getDataBytes().runWith(Sink.queue(), means.system());
    }

    /** Asynchronous at each step, so that a body of many small parts does not grow the stack. */
    private static CompletionStage<AnswerBody> pull(
            ResponseEntity entity, SinkQueueWithCancel<ByteString> queue, ByteString sofar, int bytesMax, Means means) {
        return queue.pull()
                .thenComposeAsync(
                        next -> {
                            if (next.isEmpty()) {
                                return CompletableFuture.<AnswerBody>completedFuture(new Whole(sofar.compact()));
                            }
                            ByteString more = sofar.concat(next.get());
                            return more.size() > bytesMax
                                    ? CompletableFuture.<AnswerBody>completedFuture(
                                            new Larger(begun(entity, more, queue)))
                                    : pull(entity, queue, more, bytesMax, means);
                        },
                        means.system().executionContext())
                .exceptionally(failure -> new Broken(
                        failure.getCause() instanceof WatchedBody.BodyFailure body && body.end() == BodyEnd.STALLED));
    }

    /** The same body, of which the first part has been read. */
    private static ResponseEntity begun(
            ResponseEntity entity, ByteString first, SinkQueueWithCancel<ByteString> queue) {
        Source<ByteString, ?> rest = Source.unfoldAsync(
                        queue, from -> from.pull().thenApply(next -> next.map(part -> Pair.create(from, part))))
                .watchTermination((mat, done) -> {
                    done.whenComplete((end, failure) -> queue.cancel());
                    return mat;
                });
        Source<ByteString, ?> all = Source.single(first).concat(rest);
        OptionalLong length = entity.getContentLengthOption();
        return length.isPresent()
                ? HttpEntities.create(entity.getContentType(), length.getAsLong(), all)
                : HttpEntities.createChunked(entity.getContentType(), all);
    }
}
