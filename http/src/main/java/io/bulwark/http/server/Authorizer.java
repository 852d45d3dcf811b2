package io.bulwark.http.server;

import akka.Done;
import akka.http.javadsl.model.HttpRequest;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Decides whether a request may take a route, before anything that the path names is looked up. */
@FunctionalInterface
public interface Authorizer {
    /**
     * Completes when the request may go on, with what it proved to be; fails with a {@link ProblemException} of status
     * 401 or 403 otherwise, neither of which says whether the thing exists.
     *
     * @param tenant what the path says for {@code {tenant}}, whatever its grammar
     */
    CompletionStage<Done> authorize(HttpRequest request, Access access, Optional<String> tenant);
}
