package io.bulwark.http.server;

import akka.http.javadsl.model.HttpResponse;
import akka.http.scaladsl.model.EntityStreamException;
import akka.http.scaladsl.model.EntityStreamSizeException;
import io.bulwark.http.framing.Refusal;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what ended a call into the answer to it. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    static HttpResponse answer(Throwable failure, TraceContext trace, Connection connection) {
        return switch (cause(failure)) {
            case ProblemException e -> e.problem().response(trace).addHeaders(e.headers());
            case EntityStreamSizeException e -> tooLarge(e.limit()).response(trace);
            case EntityStreamException e -> brokenOff(connection).response(trace);
            case Throwable other -> internal(other, trace);
        };
    }

    static Problem of(Refusal refusal) {
        return Problem.of(refusal.status(), refusal.name(), "The request is not valid", refusal.detail());
    }

    private static Problem tooLarge(long limit) {
        return Problem.of(
                413,
                "body-too-large",
                "The request is not valid",
                "The body is larger than " + limit + " bytes, the most that is taken: send less.");
    }

    private static Problem brokenOff(Connection connection) {
        return of(connection.broken().orElse(RequestFraming.ENDED_IN_BODY));
    }

    private static HttpResponse internal(Throwable failure, TraceContext trace) {
        LOG.error("A call failed inside, trace id {}", trace.traceId(), failure);
        return Problem.of(
                        500,
                        "internal",
                        "Something failed inside",
                        "The call failed for a reason that is in the node's log under this trace id: whether it took effect"
                                + " is not known.")
                .response(trace);
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause(cause) : failure;
    }
}
