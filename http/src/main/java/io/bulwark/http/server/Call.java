package io.bulwark.http.server;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawRequestURI;
import io.bulwark.grammar.Name;
import io.bulwark.idempotency.IdempotencyKey;
import java.util.Map;
import java.util.Optional;

/**
 * A request that has found its route and been let in.
 *
 * @param variables what the path says for the variables of the route's template, percent-decoded; but {@code path} of
 *     {@code {path…}} is the rest of the path as it was sent, without its leading slash
 * @param trace the trace it belongs to
 */
public record Call(HttpRequest request, Map<String, String> variables, TraceContext trace) {
    public Call {
        variables = Map.copyOf(variables);
    }

    /** @throws IllegalArgumentException when the template has no such variable */
    public String variable(String variable) {
        String value = variables.get(variable);
        if (value == null) {
            throw new IllegalArgumentException("The route has no variable '" + variable + "'");
        }
        return value;
    }

    /** @throws ProblemException 400 {@code invalid-name} when the path has something else than a name there */
    public Name name(String variable) {
        try {
            return new Name(variable(variable));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid-name", "In the path, {" + variable + "}: " + e.getMessage())
                    .exception();
        }
    }

    /** @throws ProblemException 400 {@code idempotency-key-malformed} when the path has something else than a key there */
    public IdempotencyKey key(String variable) {
        try {
            return new IdempotencyKey(variable(variable));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("idempotency-key-malformed", "In the path, {" + variable + "}: " + e.getMessage())
                    .exception();
        }
    }

    /** What follows the question mark, as it was sent; empty when there is no question mark. */
    public Optional<String> rawQuery() {
        return request.getHeader(RawRequestURI.class)
                .map(target -> afterQuestionMark(target.uri()))
                .orElseGet(() -> request.getUri().rawQueryString());
    }

    /** The value of a header that is expected once. Several lines of it are joined with commas, as RFC 9110, 5.3 has it. */
    public Optional<String> header(String name) {
        String joined = null;
        for (var header : request.getHeaders()) {
            if (header.name().equalsIgnoreCase(name)) {
                joined = joined == null ? header.value() : joined + ", " + header.value();
            }
        }
        return Optional.ofNullable(joined);
    }

    private static Optional<String> afterQuestionMark(String target) {
        int mark = target.indexOf('?');
        return mark < 0 ? Optional.empty() : Optional.of(target.substring(mark + 1));
    }
}
