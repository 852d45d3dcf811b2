package io.bulwark.http.server;

import akka.http.javadsl.model.HttpHeader;
import java.util.List;

/** Ends a call with a problem; it carries no stack trace, because it says what the client did, not where we were. */
public final class ProblemException extends RuntimeException {
    private final transient Problem problem;
    private final transient List<HttpHeader> headers;

    /** Answers with this problem. */
    public ProblemException(Problem problem) {
        this(problem, List.of());
    }

    /** Answers with this problem and further headers, such as {@code Allow} or {@code RateLimit}. */
    public ProblemException(Problem problem, List<HttpHeader> headers) {
        super(problem.name() + ": " + problem.detail(), null, false, false);
        this.problem = problem;
        this.headers = List.copyOf(headers);
    }

    /** What went wrong. */
    public Problem problem() {
        return problem;
    }

    /** Headers that go with the answer beside those that the problem itself has. */
    public List<HttpHeader> headers() {
        return headers;
    }
}
