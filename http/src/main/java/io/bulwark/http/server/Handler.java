package io.bulwark.http.server;

import akka.http.javadsl.model.HttpResponse;
import java.util.concurrent.CompletionStage;

/**
 * What a route does with a call that has been let in. It may throw, or fail its stage with, a {@link ProblemException}
 * to answer with a problem; anything else becomes the problem {@code internal}.
 */
@FunctionalInterface
public interface Handler {
    /** Answers the call; the request's entity is to be consumed or discarded by the handler. */
    CompletionStage<HttpResponse> handle(Call call);
}
