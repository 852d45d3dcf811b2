package io.bulwark.load.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bulwark.load.history.Ending;
import io.bulwark.load.wire.HttpMessage;
import java.util.List;
import java.util.Optional;

/** An answer, read to its end. */
public record Reply(int status, List<HttpMessage.Field> headers, String body) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROBLEM = "urn:bulwark:problem:";

    static Reply of(HttpMessage answer) {
        return new Reply(answer.status(), answer.headers(), answer.text());
    }

    /** The first field of this name, whatever its case. */
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    /** All fields of this name, whatever their case, in order. */
    public List<String> headers(String name) {
        return headers.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(HttpMessage.Field::value)
                .toList();
    }

    /** The body as JSON. @throws IllegalStateException when it is none */
    public JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Not JSON: " + this, e);
        }
    }

    /** The problem's name without its prefix, when the answer is a problem of Bulwark's own. */
    public Optional<String> problem() {
        boolean problem = header("Content-Type").orElse("").startsWith("application/problem+json");
        return problem
                ? Optional.of(json().path("type").asText())
                        .filter(type -> type.startsWith(PROBLEM))
                        .map(type -> type.substring(PROBLEM.length()))
                : Optional.empty();
    }

    /** Whether it is marked as a replay. */
    public boolean replayed() {
        return header("Idempotent-Replayed").filter("true"::equals).isPresent();
    }

    /** Whether it is marked as given without the tenant's guard. */
    public boolean degraded() {
        return header("Bulwark-Degraded").isPresent();
    }

    /** The same for a history. */
    public Ending ending() {
        return new Ending.Answered(status, problem(), replayed(), degraded(), body);
    }

    @Override
    public String toString() {
        return status + " " + headers + " " + body;
    }
}
