package io.bulwark.http.gateway;

import akka.http.javadsl.model.HttpRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A request on its way to a service.
 *
 * @param request without what depends on the target: its {@code Host} and the target's base path
 * @param pathAndQuery as the client sent them, beginning with a slash
 * @param uploaded when and how the request's body ended; completed for a body that is in memory
 */
record Outgoing(HttpRequest request, String pathAndQuery, CompletionStage<BodyEnd> uploaded) {
    /** A request whose body is in memory. */
    static Outgoing strict(HttpRequest request, String pathAndQuery) {
        return new Outgoing(request, pathAndQuery, CompletableFuture.completedFuture(BodyEnd.COMPLETE));
    }

    /** Whether the body can be sent more than once. */
    boolean isRepeatable() {
        return request.entity().isStrict();
    }
}
