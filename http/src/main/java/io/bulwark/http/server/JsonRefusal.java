package io.bulwark.http.server;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.bulwark.grammar.Name;
import io.bulwark.idempotency.Fingerprint;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says in one sentence what was wrong with a JSON document: which member, its value, what was expected. */
final class JsonRefusal {
    private static final int SHOWN_MAX = 64;

    private JsonRefusal() {}

    static Problem malformed(JsonProcessingException e) {
        return malformed(where(e.getLocation()) + ": " + shortened(e.getOriginalMessage()) + ".");
    }

    static Problem goesOn(JsonLocation at) {
        return malformed(where(at) + ": expected the end after one value.");
    }

    static Problem isNull() {
        return invalid("The body is null: expected an object.");
    }

    static Problem of(JsonMappingException e, byte[] bytes, ObjectMapper mapper) {
        return switch (e.getCause()) {
            case InputCoercionException tooLarge ->
                invalid(member(e) + " is out of range: expected " + expected(tooLarge.getTargetType()) + ".");
            case StreamReadException cause -> malformed(cause);
            case null, default -> ofMapping(e, bytes, mapper);
        };
    }

    private static Problem ofMapping(JsonMappingException e, byte[] bytes, ObjectMapper mapper) {
        return switch (e) {
            case UnrecognizedPropertyException unknown -> unknown(unknown);
            case ValueInstantiationException refused
            when refused.getCause() != null ->
                invalid(member(e) + ": " + refused.getCause().getMessage());
            case MismatchedInputException other -> mismatched(other, bytes, mapper);
            case JsonMappingException other -> invalid(member(other) + ": " + shortened(other.getOriginalMessage()));
        };
    }

    private static Problem malformed(String what) {
        return Problem.badRequest("malformed-json", "The body is not JSON" + what);
    }

    private static String where(@Nullable JsonLocation at) {
        return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    private static Problem unknown(UnrecognizedPropertyException e) {
        Collection<Object> known = e.getKnownPropertyIds() == null ? List.of() : e.getKnownPropertyIds();
        String names = known.stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
        return invalid(member(e) + " is not a member that is known here: expected " + (names.isEmpty() ? "none" : names)
                + ".");
    }

    private static Problem mismatched(MismatchedInputException e, byte[] bytes, ObjectMapper mapper) {
        String expected = expected(e.getTargetType() == null ? Object.class : e.getTargetType());
        JsonNode value = valueAt(e, bytes, mapper);
        if (!value.isMissingNode()) {
            return invalid(member(e) + " is " + shown(value.toString()) + ": expected " + expected + ".");
        }
        return e.getPath().isEmpty()
                ? malformed(": it is empty, and " + expected + " was expected.")
                : invalid(member(e) + " is missing: expected " + expected + ".");
    }

    /** The value at the path that the reader had come to; missing, too, when the document cannot be read that far. */
    private static JsonNode valueAt(JsonMappingException e, byte[] bytes, ObjectMapper mapper) {
        try (JsonParser json = mapper.createParser(bytes)) {
            JsonNode node = mapper.readTree(json);
            for (var step : e.getPath()) {
                node = step.getFieldName() == null ? node.path(step.getIndex()) : node.path(step.getFieldName());
            }
            return node == null ? MissingNode.getInstance() : node;
        } catch (IOException unreadable) {
            return MissingNode.getInstance();
        }
    }

    private static String expected(Class<?> type) {
        if (type.isEnum()) {
            return "one of "
                    + Stream.of(type.getFields())
                            .map(field -> field.getAnnotation(JsonProperty.class))
                            .filter(name -> name != null)
                            .map(name -> "'" + name.value() + "'")
                            .collect(Collectors.joining(", "));
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "an array";
        }
        return scalar(type);
    }

    private static String scalar(Class<?> type) {
        return Map.<Class<?>, String>ofEntries(
                        Map.entry(String.class, "a string"),
                        Map.entry(Name.class, "a string, the name of a tenant, service or limit"),
                        Map.entry(Fingerprint.class, "a string of 1 to 128 visible ASCII characters"),
                        Map.entry(URI.class, "a string, an address"),
                        Map.entry(long.class, "an integer of at most 64 bits"),
                        Map.entry(Long.class, "an integer of at most 64 bits"),
                        Map.entry(int.class, "an integer of at most 32 bits"),
                        Map.entry(Integer.class, "an integer of at most 32 bits"),
                        Map.entry(double.class, "a number"),
                        Map.entry(Double.class, "a number"),
                        Map.entry(boolean.class, "true or false"),
                        Map.entry(Boolean.class, "true or false"),
                        Map.entry(Duration.class, "an ISO 8601 duration such as \"PT2S\""),
                        Map.entry(Instant.class, "an RFC 3339 instant in UTC such as \"2026-01-31T12:00:00Z\""))
                .getOrDefault(type, "an object");
    }

    private static String member(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (var step : e.getPath()) {
            append(path, step.getFieldName(), step.getIndex());
        }
        return path.isEmpty() ? "The body" : "The member '" + path + "'";
    }

    private static void append(StringBuilder path, @Nullable String name, int index) {
        if (name == null) {
            path.append('[').append(index).append(']');
        } else {
            path.append(path.isEmpty() ? "" : ".").append(shown(name));
        }
    }

    private static Problem invalid(String detail) {
        return Problem.badRequest("invalid-request", detail);
    }

    /** The library's messages go on about sources and features after the first line. */
    private static String shortened(@Nullable String message) {
        return message == null
                ? "no reason given"
                : shown(message.lines().findFirst().orElse(""), 4 * SHOWN_MAX);
    }

    private static String shown(String text) {
        return shown(text, SHOWN_MAX);
    }

    private static String shown(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most) + "…";
    }
}
