package io.bulwark.http.server;

import akka.event.LoggingAdapter;
import akka.http.ParsingErrorHandler;
import akka.http.javadsl.model.HttpResponse;
import akka.http.scaladsl.model.ErrorInfo;
import akka.http.scaladsl.model.StatusCode;
import akka.http.scaladsl.settings.ServerSettings;
import java.util.random.RandomGenerator;

/**
 * Answers with a problem what passes the framing and Akka's parser refuses. Akka makes this by its class name, so that
 * its source of trace ids cannot be handed in.
 */
public final class ParsingProblems extends ParsingErrorHandler {
    private static final RandomGenerator RANDOM = RandomGenerator.getDefault();

    @Override
    public HttpResponse handle(StatusCode status, ErrorInfo error, LoggingAdapter log, ServerSettings settings) {
        return problem(status.intValue(), error.summary()).response(TraceContext.begin(RANDOM));
    }

    private static Problem problem(int status, String summary) {
        boolean aboutTarget = summary.contains("request-target") || summary.contains("URI");
        String name = aboutTarget ? "request-target-invalid" : "malformed-request";
        return Problem.of(
                status,
                status == 501 ? "method-not-implemented" : name,
                "The request is not valid",
                summary + ": send a request that follows RFC 9110 and RFC 9112.");
    }
}
